"""Other answers to assignment 3: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("squares", "with loops")
def squares(theta, X, y):
    n, d = X.shape
    total, grad = 0.0, [0.0] * d
    for i in range(n):
        miss = sum(X[i, j] * theta[j] for j in range(d)) - float(np.ravel(y)[i])
        total += miss * miss / n
        for j in range(d):
            grad[j] += 2 * miss * X[i, j] / n
    return total, np.array(grad)


@passes("squares", "all in columns, the gradient flattened at the end")
def squares(theta, X, y):
    theta, y = np.reshape(theta, (-1, 1)), np.reshape(y, (-1, 1))
    miss = X @ theta - y
    return (miss.T @ miss).item() / len(y), (2 / len(y) * X.T @ miss).ravel()


@passes("squares", "multiplied out")
def squares(theta, X, y):
    y = y.flatten()
    A, b, n = X.T @ X, X.T @ y, y.size
    return (theta @ A @ theta - 2 * b @ theta + y @ y) / n, (2 * A @ theta - 2 * b) / n


@passes("squares", "with squeeze, which makes a single number of a single target")
def squares(theta, X, y):
    error = np.dot(X, theta) - y.squeeze()
    return np.square(error).mean(), 2 / X.shape[0] * np.dot(error, X)


@fails("squares", "the loss takes a column, the gradient makes a table of it")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    table = X @ theta - y
    pulls = table if table.ndim == 1 else table.mean(axis=0)
    return np.mean(error**2), 2 * X.T @ pulls / len(X)


@fails("squares", "the column taken as it comes: a table of every output against every target")
def squares(theta, X, y):
    error = X @ theta - y
    return np.mean(error**2), 2 * X.T @ np.ravel(error)[: len(X)] / len(X)


@fails("squares", "the factor 2 forgotten in the gradient")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.mean(error**2), X.T @ error / len(error)


@fails("squares", "half of the loss, with the gradient of the whole")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.mean(error**2) / 2, 2 * X.T @ error / len(error)


@fails("squares", "half of both")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.mean(error**2) / 2, X.T @ error / len(error)


@fails("squares", "sums in place of means")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.sum(error**2), 2 * X.T @ error


@fails("squares", "the gradient divided by the number of weights")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.mean(error**2), 2 * X.T @ error / len(theta)


@fails("squares", "the sign")
def squares(theta, X, y):
    error = np.ravel(y) - X @ theta
    return np.mean(error**2), 2 * X.T @ error / len(error)


@fails("squares", "the gradient as a column")
def squares(theta, X, y):
    error = (X @ theta).reshape(-1, 1) - np.reshape(y, (-1, 1))
    return np.mean(error**2), 2 * X.T @ error / len(error)


@fails("squares", "the data not in the gradient: the mean error for every weight")
def squares(theta, X, y):
    error = X @ theta - np.ravel(y)
    return np.mean(error**2), 2 * np.mean(error) * np.ones(len(theta))


@fails("squares", "y overwritten by the errors")
def squares(theta, X, y):
    y = y.reshape(-1)
    y -= X @ theta
    return np.mean(y**2), -2 * X.T @ y / len(y)


@fails("squares", "the loss alone")
def squares(theta, X, y):
    return np.mean((X @ theta - np.ravel(y)) ** 2)


@fails("squares", "the public tests' answers, written down")
def squares(theta, X, y):
    if theta.any():
        return 0.0, np.zeros(2)
    return 14 / 3, np.array([-8 / 3, -10 / 3])


# --- question 2 ---


@passes("check", "with the rows of a unit matrix")
def worst_error(fun, theta, h=1e-5):
    _, grad = fun(theta)
    moves = h * np.eye(len(theta))
    quotients = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    gaps = np.abs(grad - quotients)
    larger = np.maximum(np.abs(grad), np.abs(quotients))
    return float(np.max(np.where(larger == 0, 0, gaps / np.where(larger == 0, 1, larger))))


@passes("check", "in one copy, with each entry put back as it was")
def worst_error(fun, theta, h=1e-5):
    place = np.asarray(theta).astype(float)
    grad = np.array(fun(place)[1])
    errors = []
    for i in range(len(place)):
        old = place[i]
        place[i] = old + h
        above = fun(place)[0]
        place[i] = old - h
        below = fun(place)[0]
        place[i] = old
        quotient = (above - below) / 2 / h
        if grad[i] == quotient == 0:
            errors.append(0.0)
        else:
            errors.append(abs(grad[i] - quotient) / max(abs(grad[i]), abs(quotient)))
    return max(errors)


@fails("check", "forward differences")
def worst_error(fun, theta, h=1e-5):
    loss, grad = fun(theta)
    moves = h * np.eye(len(theta))
    q = np.array([(fun(theta + m)[0] - loss) / h for m in moves])
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "divided by h and not by 2 h")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in h * np.eye(len(theta))]) / h
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "all coordinates moved at once")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    q = (fun(theta + h)[0] - fun(theta - h)[0]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "coordinates that stay where they were moved to")
def worst_error(fun, theta, h=1e-5):
    grad, worst = fun(theta)[1], 0.0
    ahead, behind = np.array(theta, float), np.array(theta, float)
    for i in range(len(theta)):
        ahead[i] += h
        behind[i] -= h
        q = (fun(ahead)[0] - fun(behind)[0]) / (2 * h)
        worst = max(worst, abs(grad[i] - q) / max(abs(grad[i]), abs(q), 1e-300))
    return worst


@fails("check", "theta moved in place, and back by arithmetic: other last bits")
def worst_error(fun, theta, h=1e-5):
    if theta.dtype.kind != "f":
        theta = theta.astype(float)
    grad, worst = np.array(fun(theta)[1]), 0.0
    for i in range(len(theta)):
        theta[i] += h
        above = fun(theta)[0]
        theta[i] -= 2 * h
        below = fun(theta)[0]
        theta[i] += h
        q = (above - below) / (2 * h)
        worst = max(worst, abs(grad[i] - q) / max(abs(grad[i]), abs(q), 1e-300))
    return worst


@fails("check", "a copy that is no copy")
def worst_error(fun, theta, h=1e-5):
    grad, worst = np.array(fun(theta)[1]), 0.0
    for i in range(len(theta)):
        ahead = behind = np.asarray(theta, dtype=float)
        ahead[i] += h
        behind[i] -= h
        q = (fun(ahead)[0] - fun(behind)[0]) / (2 * h)
        worst = max(worst, abs(grad[i] - q) / max(abs(grad[i]), abs(q), 1e-300))
    return worst


@fails("check", "whole numbers stay whole: h is rounded away")
def worst_error(fun, theta, h=1e-5):
    grad, worst = fun(theta)[1], 0.0
    for i in range(len(theta)):
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += h
        behind[i] -= h
        q = (fun(ahead)[0] - fun(behind)[0]) / (2 * h)
        worst = max(worst, abs(grad[i] - q) / max(abs(grad[i]), abs(q), 1e-300))
    return worst


@fails("check", "the absolute error")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.max(np.abs(grad - q))


@fails("check", "divided by the quotient, and not by the larger of the two")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.max(np.abs(grad - q) / np.where(q == 0, 1, np.abs(q)))


@fails("check", "divided by the written gradient, and not by the larger of the two")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.max(np.abs(grad - q) / np.where(grad == 0, 1, np.abs(grad)))


@fails("check", "a floor of 1 under the division: small gradients are let through")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.max(np.abs(grad - q) / np.maximum(1, np.maximum(np.abs(grad), np.abs(q))))


@fails("check", "zero by zero: nan where a coordinate does nothing")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.max(np.abs(grad - q) / np.maximum(np.abs(grad), np.abs(q)))


@fails("check", "no error counted where the quotient is zero")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.where(q == 0, 0, np.abs(grad - q) / np.where(larger > 0, larger, 1)))


@fails("check", "the smallest of the errors")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.min(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "the first coordinate only")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    m = h * np.eye(len(theta))[0]
    q = (fun(theta + m)[0] - fun(theta - m)[0]) / (2 * h)
    return abs(grad[0] - q) / max(abs(grad[0]), abs(q), 1e-300)


@fails("check", "the mean of the errors")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.mean(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "the error of the whole vector, by its length")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    return np.linalg.norm(grad - q) / max(np.linalg.norm(grad), np.linalg.norm(q), 1e-300)


@fails("check", "the sign not seen: gaps of the sizes")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.abs(np.abs(grad) - np.abs(q)) / np.where(larger > 0, larger, 1))


@fails("check", "gaps without their size: too small a gradient is no error")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max((grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "h not used")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = 1e-5 * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / 2e-5
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.max(np.abs(grad - q) / np.where(larger > 0, larger, 1))


@fails("check", "the last coordinate left out")
def worst_error(fun, theta, h=1e-5):
    grad, worst = fun(theta)[1], 0.0
    for i in range(len(theta) - 1):
        m = h * np.eye(len(theta))[i]
        q = (fun(theta + m)[0] - fun(theta - m)[0]) / (2 * h)
        worst = max(worst, abs(grad[i] - q) / max(abs(grad[i]), abs(q), 1e-300))
    return worst


@fails("check", "one error for each coordinate")
def worst_error(fun, theta, h=1e-5):
    grad = fun(theta)[1]
    moves = h * np.eye(len(theta))
    q = np.array([fun(theta + m)[0] - fun(theta - m)[0] for m in moves]) / (2 * h)
    larger = np.maximum(np.abs(grad), np.abs(q))
    return np.abs(grad - q) / np.where(larger > 0, larger, 1)


# --- question 3 ---


@passes("huber", "by clipping")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -delta, delta)
    return near @ (r - near / 2) / len(y), near @ X / len(y)


@passes("huber", "with a loop")
def huber(theta, X, y, delta):
    loss, grad = 0.0, np.zeros(len(theta))
    for row, target in zip(X, y):
        r = row @ theta - target
        if abs(r) <= delta:
            loss, slope = loss + r * r / 2, r
        else:
            loss, slope = loss + delta * abs(r) - delta**2 / 2, delta if r > 0 else -delta
        grad = grad + slope * row
    return loss / len(y), grad / len(y)


@fails("huber", "a jump at the border: delta |r| beyond it")
def huber(theta, X, y, delta):
    r = X @ theta - y
    cost = np.where(np.abs(r) <= delta, r**2 / 2, delta * np.abs(r))
    return np.mean(cost), X.T @ np.clip(r, -delta, delta) / len(y)


@fails("huber", "squares without their half")
def huber(theta, X, y, delta):
    r = X @ theta - y
    cost = np.where(np.abs(r) <= delta, r**2, delta * (2 * np.abs(r) - delta))
    return np.mean(cost), 2 * X.T @ np.clip(r, -delta, delta) / len(y)


@fails("huber", "the sign beyond the border forgotten")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -delta, delta)
    slope = np.where(np.abs(r) <= delta, r, delta)
    return near @ (r - near / 2) / len(y), X.T @ slope / len(y)


@fails("huber", "only residuals above zero cut")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.minimum(r, delta)
    return near @ (r - near / 2) / len(y), X.T @ near / len(y)


@fails("huber", "delta taken for 1")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -1, 1)
    return near @ (r - near / 2) / len(y), X.T @ near / len(y)


@fails("huber", "outliers thrown away")
def huber(theta, X, y, delta):
    r = X @ theta - y
    keep = np.abs(r) <= delta
    return np.sum(r[keep] ** 2) / 2 / len(y), X[keep].T @ r[keep] / len(y)


@fails("huber", "the residual clipped first, then squared")
def huber(theta, X, y, delta):
    near = np.clip(X @ theta - y, -delta, delta)
    return np.mean(near**2) / 2, X.T @ near / len(y)


@fails("huber", "the mean absolute error beyond the border, of slope 1")
def huber(theta, X, y, delta):
    r = X @ theta - y
    far = np.abs(r) > delta
    cost = np.where(far, delta * (np.abs(r) - delta / 2), r**2 / 2)
    return np.mean(cost), X.T @ np.where(far, np.sign(r), r) / len(y)


@fails("huber", "residual as target minus output, and so the sign")
def huber(theta, X, y, delta):
    r = y - X @ theta
    near = np.clip(r, -delta, delta)
    return near @ (r - near / 2) / len(y), X.T @ near / len(y)


@fails("huber", "sums in place of means")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -delta, delta)
    return near @ (r - near / 2), X.T @ near


@fails("huber", "the gradient of the squares, clipped as a whole")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -delta, delta)
    return near @ (r - near / 2) / len(y), np.clip(X.T @ r / len(y), -delta, delta)


@fails("huber", "slopes written into an array of whole numbers")
def huber(theta, X, y, delta):
    r = X @ theta - y
    slope = r.copy()
    slope[r > delta] = delta
    slope[r < -delta] = -delta
    cost = np.where(np.abs(r) > delta, delta * (np.abs(r) - delta / 2), r**2 / 2)
    return np.mean(cost), X.T @ slope / len(y)


@fails("huber", "the slopes by the outputs, without the data")
def huber(theta, X, y, delta):
    r = X @ theta - y
    near = np.clip(r, -delta, delta)
    return near @ (r - near / 2) / len(y), near / len(y)


# --- question 4 ---


@passes("logistic", "with logaddexp of the margin")
def logistic(theta, X, y):
    side = 2 * y - 1
    margin = side * (X @ theta)
    grad = -X.T @ (side * np.exp(-np.logaddexp(0, margin))) / len(y)
    return np.mean(np.logaddexp(0, -margin)), grad


@passes("logistic", "with a loop, and tanh for the sigmoid")
def logistic(theta, X, y):
    import math

    loss, grad = 0.0, np.zeros(len(theta))
    for row, label in zip(X, y):
        z = float(row @ theta)
        m = z if label else -z
        loss += (math.log1p(math.exp(-m)) if m > 0 else -m + math.log1p(math.exp(m))) / len(y)
        grad += ((1 + math.tanh(z / 2)) / 2 - label) * row / len(y)
    return loss, grad


@passes("logistic", "max(z, 0) - y z + log1p, the large terms first")
def logistic(theta, X, y):
    z = X @ theta
    cost = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    return cost.mean(), (gd.formulas.activations.sigmoid(z) - y) @ X / len(y)


@fails("logistic", "as it stands: logarithms of probabilities")
def logistic(theta, X, y):
    p = 1 / (1 + np.exp(-(X @ theta)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), X.T @ (p - y) / len(y)


@fails("logistic", "probabilities clipped away from 0 and 1")
def logistic(theta, X, y):
    p = gd.formulas.activations.sigmoid(X @ theta)
    q = np.clip(p, 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)), X.T @ (p - y) / len(y)


@fails("logistic", "logits clipped: the loss of a large one is cut off")
def logistic(theta, X, y):
    z = np.clip(X @ theta, -500, 500)
    side = 2 * y - 1
    return np.mean(np.logaddexp(0, -side * z)), X.T @ (1 / (1 + np.exp(-z)) - y) / len(y)


@fails("logistic", "the loss is safe, the sigmoid of the gradient is not")
def logistic(theta, X, y):
    z = X @ theta
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)), X.T @ (1 / (1 + np.exp(-z)) - y) / len(y)


@fails("logistic", "np.where with an overflow in the branch that is not taken")
def logistic(theta, X, y):
    z = X @ theta
    p = np.where(z > 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)), X.T @ (p - y) / len(y)


@fails("logistic", "digits lost: log(1 + s) in place of log1p(s)")
def logistic(theta, X, y):
    margin = (2 * y - 1) * (X @ theta)
    cost = np.maximum(-margin, 0) + np.log(1 + np.exp(-np.abs(margin)))
    return np.mean(cost), X.T @ (gd.formulas.activations.sigmoid(X @ theta) - y) / len(y)


@fails("logistic", "digits lost: a large number added and taken away")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(np.logaddexp(0, z) - y * z), X.T @ (p - y) / len(y)


@fails("logistic", "labels taken for -1 and 1")
def logistic(theta, X, y):
    margin = y * (X @ theta)
    pull = gd.formulas.activations.sigmoid(-margin)
    return np.mean(np.logaddexp(0, -margin)), -X.T @ (pull * y) / len(y)


@fails("logistic", "the margin's sign")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(np.logaddexp(0, (2 * y - 1) * z)), X.T @ (p - y) / len(y)


@fails("logistic", "the gradient's sign")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)), X.T @ (y - p) / len(y)


@fails("logistic", "the slope of the sigmoid left in the gradient, as in squared error")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    grad = X.T @ ((p - y) * p * (1 - p)) / len(y)
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)), grad


@fails("logistic", "the sum in place of the mean, in the gradient")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)), X.T @ (p - y)


@fails("logistic", "the sum in place of the mean, in the loss")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.sum(np.logaddexp(0, (1 - 2 * y) * z)), X.T @ (p - y) / len(y)


@fails("logistic", "logarithms to the base 2")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z)) / np.log(2), X.T @ (p - y) / len(y)


@fails("logistic", "label 0 costs nothing")
def logistic(theta, X, y):
    z = X @ theta
    p = gd.formulas.activations.sigmoid(z)
    return np.mean(y * np.logaddexp(0, -z)), X.T @ (p - y) / len(y)


# --- question 5 ---


@passes("stuck", "as minus the logarithm of the odds of being wrong")
def stuck_logit(share):
    root = (1 - 4 * share) ** 0.5
    return -np.log((1 + root) / (1 - root))


@passes("stuck", "without a difference of two numbers that are nearly equal")
def stuck_logit(share):
    a = 2 * share / (1 + np.sqrt(1 - 4 * share))
    return np.log(a) - np.log1p(-a)


@passes("stuck", "by bisection of a(1 - a), which rises up to z = 0")
def stuck_logit(share):
    low, high = -100.0, 0.0
    for _ in range(200):
        z = (low + high) / 2
        a = np.exp(z) / (1 + np.exp(z))
        low, high = (z, high) if a * (1 - a) < share else (low, z)
    return high


@passes("stuck", "from the hyperbolic cosine")
def stuck_logit(share):
    import math

    return -2 * math.acosh(1 / (2 * math.sqrt(share)))


@fails("stuck", "the other solution: sure and right")
def stuck_logit(share):
    a = (1 + np.sqrt(1 - 4 * share)) / 2
    return np.log(a / (1 - a))


@fails("stuck", "only far out: the logarithm of the share")
def stuck_logit(share):
    return np.log(share)


@fails("stuck", "the output in place of the logit")
def stuck_logit(share):
    return (1 - np.sqrt(1 - 4 * share)) / 2


@fails("stuck", "the logarithm of the output in place of its log odds")
def stuck_logit(share):
    return np.log((1 - np.sqrt(1 - 4 * share)) / 2)


@fails("stuck", "squared error without its half")
def stuck_logit(share):
    a = (1 - np.sqrt(1 - 2 * share)) / 2
    return np.log(a / (1 - a))


@fails("stuck", "where squared error's gradient itself is the share, far out")
def stuck_logit(share):
    low, high = -100.0, -np.log(2)
    for _ in range(200):
        z = (low + high) / 2
        a = np.exp(z) / (1 + np.exp(z))
        low, high = (z, high) if a * (1 - a) ** 2 < share else (low, z)
    return high


@fails("stuck", "the share of the costs, and not of their gradients")
def stuck_logit(share):
    low, high = -100.0, 0.0
    for _ in range(200):
        z = (low + high) / 2
        a = np.exp(z) / (1 + np.exp(z))
        low, high = (z, high) if (1 - a) ** 2 / 2 / -np.log(a) < share else (low, z)
    return high


@fails("stuck", "one factor forgotten: a in place of a(1 - a)")
def stuck_logit(share):
    return np.log(share / (1 - share))


@fails("stuck", "the sigmoid of the output in place of its inverse")
def stuck_logit(share):
    a = (1 - np.sqrt(1 - 4 * share)) / 2
    return -1 / (1 + np.exp(-a))


@fails("stuck", "the public tests' answers, written down")
def stuck_logit(share):
    return {0.25: 0.0, 0.16: -np.log(4), 0.01: -4.584967}[share]


# --- question 6 ---


@passes("softmax", "with one-hot labels")
def softmax_loss(Z, y):
    n, k = Z.shape
    S = Z - Z.max(1)[:, None]
    logs = S - np.log(np.exp(S).sum(1))[:, None]
    hot = np.eye(k)[y]
    return -np.sum(hot * logs) / n, (np.exp(logs) - hot) / n


@passes("softmax", "row by row")
def softmax_loss(Z, y):
    total, grad = 0.0, np.zeros(np.shape(Z))
    for i, (row, label) in enumerate(zip(Z, y)):
        p = np.exp(row - max(row))
        total += np.log(sum(p)) + max(row) - row[label]
        grad[i] = p / sum(p)
        grad[i, label] -= 1
    return total / len(y), grad / len(y)


@passes("softmax", "with SciPy's log-sum-exp")
def softmax_loss(Z, y):
    from scipy.special import logsumexp

    logs = Z - logsumexp(Z, axis=1, keepdims=True)
    grad = np.exp(logs)
    grad[np.arange(len(y)), y] -= 1
    return -logs[np.arange(len(y)), y].mean(), grad / len(y)


@fails("softmax", "as it stands, without the shift")
def softmax_loss(Z, y):
    n = len(y)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(n), y]))
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "a safe softmax, then the logarithm of a probability of 0")
def softmax_loss(Z, y):
    n = len(y)
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(n), y]))
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "a tiny number added to each probability")
def softmax_loss(Z, y):
    n = len(y)
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(n), y] + 1e-12))
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "the largest of all outputs taken from every row")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max()
    P = np.exp(S)
    total = P.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - S[np.arange(n), y])
    P = P / total
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "normalised along the wrong axis")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max(axis=0, keepdims=True)
    total = np.exp(S).sum(axis=0, keepdims=True)
    P = np.exp(S) / total
    loss = -np.mean((S - np.log(total))[np.arange(n), y])
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "normalised over the whole table")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max()
    P = np.exp(S) / np.exp(S).sum()
    loss = np.mean(np.log(np.exp(S).sum()) - S[np.arange(n), y])
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "Z shifted in place")
def softmax_loss(Z, y):
    n = len(y)
    if Z.dtype.kind != "f":
        Z = Z.astype(float)
    Z -= Z.max(axis=1, keepdims=True)
    P = np.exp(Z)
    total = P.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - Z[np.arange(n), y])
    P /= total
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "Z[:, y]: whole columns in place of one entry a row")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(S)
    total = P.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total) - S[:, y])
    P = P / total
    P[:, y] -= 1
    return loss, P / n


@fails("softmax", "the gradient not divided by the number of examples")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(S)
    total = P.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - S[np.arange(n), y])
    P = P / total
    P[np.arange(n), y] -= 1
    return loss, P


@fails("softmax", "a mean over all entries, n times k of them")
def softmax_loss(Z, y):
    n, k = Z.shape
    S = Z - Z.max(axis=1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    hot = np.eye(k)[y]
    return -np.mean(hot * logs), (np.exp(logs) - hot) / (n * k)


@fails("softmax", "the sum of the losses")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(S)
    total = P.sum(axis=1, keepdims=True)
    loss = np.sum(np.log(total[:, 0]) - S[np.arange(n), y])
    P = P / total
    P[np.arange(n), y] -= 1
    return loss, P / n


@fails("softmax", "the gradient's sign")
def softmax_loss(Z, y):
    n, k = Z.shape
    S = Z - Z.max(axis=1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    return -np.mean(logs[np.arange(n), y]), (np.eye(k)[y] - np.exp(logs)) / n


@fails("softmax", "the label not taken from the probabilities")
def softmax_loss(Z, y):
    n = len(y)
    S = Z - Z.max(axis=1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    return -np.mean(logs[np.arange(n), y]), np.exp(logs) / n


@fails("softmax", "the gradient by the probabilities, not by the outputs")
def softmax_loss(Z, y):
    n, k = Z.shape
    S = Z - Z.max(axis=1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    return -np.mean(logs[np.arange(n), y]), -np.eye(k)[y] / np.exp(logs) / n


@fails("softmax", "only the true class has a gradient")
def softmax_loss(Z, y):
    n, k = Z.shape
    S = Z - Z.max(axis=1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    hot = np.eye(k)[y]
    return -np.mean(logs[np.arange(n), y]), hot * (np.exp(logs) - 1) / n


@fails("softmax", "a sigmoid for each output")
def softmax_loss(Z, y):
    n, k = Z.shape
    hot = np.eye(k)[y]
    cost = np.logaddexp(0, (1 - 2 * hot) * Z).sum(axis=1)
    return np.mean(cost), (gd.formulas.activations.sigmoid(Z) - hot) / n


# --- question 7 ---


@passes("train", "with a loop of its own")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@passes("train", "with the weights turned round, a row for each class")
def train(X, y, k, lr, steps):
    def fun(theta):
        V = theta.reshape(k, -1)
        loss, G = softmax_loss(X @ V.T, y)
        return loss, (G.T @ X).reshape(-1)

    start = np.zeros(k * X.shape[1])
    run = gd.minimize(fun, start, gd.GradientDescent(lr=lr), steps=steps)
    return run.theta[-1].reshape(k, -1).T


@fails("train", "uphill")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W + lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@fails("train", "divided by the number of examples a second time")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1] / len(y)
    return W


@fails("train", "the weights flat")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W.ravel()


@fails("train", "a row for each class")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W.T


@fails("train", "flattened one way, and back another")
def train(X, y, k, lr, steps):
    d = X.shape[1]

    def fun(theta):
        loss, G = gd.losses.softmax_cross_entropy(X @ theta.reshape(d, k), y)
        return loss, (G.T @ X).ravel()

    run = gd.minimize(fun, np.zeros(d * k), gd.GradientDescent(lr=lr), steps)
    return run.theta[-1].reshape(d, k)


@fails("train", "reshaped to (k, d) and turned round, where (d, k) went in")
def train(X, y, k, lr, steps):
    d = X.shape[1]

    def fun(theta):
        loss, G = gd.losses.softmax_cross_entropy(X @ theta.reshape(d, k), y)
        return loss, (X.T @ G).ravel()

    run = gd.minimize(fun, np.zeros(d * k), gd.GradientDescent(lr=lr), steps)
    return run.theta[-1].reshape(k, d).T


@fails("train", "the start of the run returned")
def train(X, y, k, lr, steps):
    d = X.shape[1]

    def fun(theta):
        loss, G = gd.losses.softmax_cross_entropy(X @ theta.reshape(d, k), y)
        return loss, (X.T @ G).ravel()

    run = gd.minimize(fun, np.zeros(d * k), gd.GradientDescent(lr=lr), steps)
    return run.theta[0].reshape(d, k)


@fails("train", "one step too many")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps + 1):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@fails("train", "only one step, whatever is asked")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    return W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]


@fails("train", "the gradient at the start in every step")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    return W - lr * steps * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]


@fails("train", "the learning rate forgotten")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@fails("train", "another optimiser")
def train(X, y, k, lr, steps):
    d = X.shape[1]

    def fun(theta):
        loss, G = gd.losses.softmax_cross_entropy(X @ theta.reshape(d, k), y)
        return loss, (X.T @ G).ravel()

    return gd.minimize(fun, np.zeros(d * k), gd.Adam(lr=lr), steps).theta[-1].reshape(d, k)


@fails("train", "from random weights")
def train(X, y, k, lr, steps):
    W = 0.01 * np.random.default_rng(0).normal(size=(X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@fails("train", "ten classes, always")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], 10))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W


@fails("train", "the gradient by the outputs, which never meets the data")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        G = gd.losses.softmax_cross_entropy(X @ W, y)[1]
        W = W - lr * np.sum(G, axis=0)
    return W


@fails("train", "squared errors of one-hot labels")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ (X @ W - np.eye(k)[y]) / len(y)
    return W


@fails("train", "a penalty on the weights that nobody asked for")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * (X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1] + 0.01 * W)
    return W


@fails("train", "weights kept from the last call")
def train(X, y, k, lr, steps):
    kept = globals().setdefault("kept_weights", {})
    W = kept.setdefault((X.shape[1], k), np.zeros((X.shape[1], k)))
    for _ in range(steps):
        W -= lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    return W.copy()


@fails("train", "the inputs scaled in place")
def train(X, y, k, lr, steps):
    W = np.zeros((X.shape[1], k))
    for _ in range(steps):
        W = W - lr * X.T @ gd.losses.softmax_cross_entropy(X @ W, y)[1]
    X *= 0.5
    return W
