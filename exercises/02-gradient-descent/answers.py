"""Other answers to assignment 2: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("descend", "into an array made beforehand")
def descend(fun, theta0, lr, steps):
    places = np.empty((steps + 1, len(theta0)))
    places[0] = theta0
    for k in range(steps):
        places[k + 1] = places[k] - lr * fun(places[k])[1]
    return places


@passes("descend", "in place, on a copy, with a copy kept of each place")
def descend(fun, theta0, lr, steps):
    theta = np.array(theta0, dtype=np.float64)
    path = [theta.copy()]
    while len(path) < steps + 1:
        _, grad = fun(theta)
        theta -= lr * grad
        path.append(theta.copy())
    return np.stack(path)


@passes("descend", "with the library")
def descend(fun, theta0, lr, steps):
    return gd.minimize(fun, theta0, gd.GradientDescent(lr=lr), steps).theta


@fails("descend", "one array in the whole record")
def descend(fun, theta0, lr, steps):
    theta = np.array(theta0, dtype=float)
    path = [theta]
    for _ in range(steps):
        theta -= lr * fun(theta)[1]
        path.append(theta)
    return np.array(path)


@fails("descend", "the caller's array is changed")
def descend(fun, theta0, lr, steps):
    theta = np.asarray(theta0, dtype=float)
    path = [theta.copy()]
    for _ in range(steps):
        theta -= lr * fun(theta)[1]
        path.append(theta.copy())
    return np.array(path)


@fails("descend", "whole numbers, if the start has them")
def descend(fun, theta0, lr, steps):
    theta0 = np.array(theta0)
    places = np.zeros((steps + 1, len(theta0)), dtype=theta0.dtype)
    places[0] = theta0
    for k in range(steps):
        places[k + 1] = places[k] - lr * fun(places[k])[1]
    return places


@fails("descend", "uphill")
def descend(fun, theta0, lr, steps):
    path = [np.array(theta0, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] + lr * fun(path[-1])[1])
    return np.array(path)


@fails("descend", "without the start")
def descend(fun, theta0, lr, steps):
    theta, path = np.array(theta0, dtype=float), []
    for _ in range(steps):
        theta = theta - lr * fun(theta)[1]
        path.append(theta)
    return np.array(path)


@fails("descend", "a step along the loss in place of the gradient")
def descend(fun, theta0, lr, steps):
    path = [np.array(theta0, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * fun(path[-1])[0])
    return np.array(path)


@fails("descend", "the transposed record")
def descend(fun, theta0, lr, steps):
    path = [np.array(theta0, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * fun(path[-1])[1])
    return np.column_stack(path)


@fails("descend", "the gradient divided by its length")
def descend(fun, theta0, lr, steps):
    path = [np.array(theta0, dtype=float)]
    for _ in range(steps):
        grad = fun(path[-1])[1]
        path.append(path[-1] - lr * grad / np.linalg.norm(grad))
    return np.array(path)


@fails("descend", "each coordinate at the gradient of a place that is half new")
def descend(fun, theta0, lr, steps):
    theta = np.array(theta0, dtype=float)
    path = [theta.copy()]
    for _ in range(steps):
        for i in range(len(theta)):
            theta[i] -= lr * fun(theta)[1][i]
        path.append(theta.copy())
    return np.array(path)


@fails("descend", "for two parameters only")
def descend(fun, theta0, lr, steps):
    x, y = theta0
    path = [(x, y)]
    for _ in range(steps):
        by_x, by_y = fun(np.array([x, y]))[1]
        x, y = x - lr * by_x, y - lr * by_y
        path.append((x, y))
    return np.array(path, dtype=float)


@fails("descend", "the gradients kept, and all steps taken at the end")
def descend(fun, theta0, lr, steps):
    theta, grads = np.array(theta0, dtype=float), []
    for _ in range(steps):
        grads.append(fun(theta)[1])
        theta = theta - lr * grads[-1]
    start = np.array(theta0, dtype=float)
    return np.array([start - lr * np.sum(grads[:k], axis=0) for k in range(steps + 1)])


# --- question 2 ---


@passes("run", "with a for loop over the budget")
def run(fun, theta0, lr, tol, budget):
    theta = np.array(theta0, dtype=float)
    loss, grad = fun(theta)
    for k in range(budget + 1):
        if np.sqrt(np.sum(grad**2)) <= tol:
            return theta, k, "converged"
        if k == budget:
            break
        new = theta - lr * grad
        loss, grad = fun(new)
        if not np.all(np.isfinite([loss, *grad])):
            return theta, k, "diverged"
        theta = new
    return theta, budget, "budget"


@passes("run", "with a status that is set and a break")
def run(fun, theta0, lr, tol, budget):
    def good(pair):
        return np.isfinite(pair[0]) and not np.any(np.isnan(pair[1]) | np.isinf(pair[1]))

    theta = [float(t) for t in theta0]
    pair, k, status = fun(np.array(theta)), 0, None
    while status is None:
        if pair[1] @ pair[1] <= tol**2:
            status = "converged"
        elif k >= budget:
            status = "budget"
        else:
            ahead = [t - lr * g for t, g in zip(theta, pair[1])]
            pair = fun(np.array(ahead))
            if good(pair):
                theta, k = ahead, k + 1
            else:
                status = "diverged"
    return np.array(theta), k, status


@fails("run", "nan taken for success")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.linalg.norm(grad) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if np.isinf(loss) or np.isinf(grad).any():
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "only the gradient is looked at")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    grad = fun(theta)[1]
    while np.linalg.norm(grad) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        grad = fun(ahead)[1]
        if not np.isfinite(grad).all():
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "only the loss is looked at")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while not np.linalg.norm(grad) <= tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not np.isfinite(loss):
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "the bad place is returned")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.linalg.norm(grad) > tol:
        if k == budget:
            return theta, k, "budget"
        theta, k = theta - lr * grad, k + 1
        loss, grad = fun(theta)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
    return theta, k, "converged"


@fails("run", "the place after the last step is not looked at")
def run(fun, theta0, lr, tol, budget):
    theta = np.array(theta0, dtype=float)
    loss, grad = fun(theta)
    for k in range(budget):
        if np.linalg.norm(grad) <= tol:
            return theta, k, "converged"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta = ahead
    return theta, budget, "budget"


@fails("run", "a step before the first look")
def run(fun, theta0, lr, tol, budget):
    theta = np.array(theta0, dtype=float)
    loss, grad = fun(theta)
    for k in range(budget):
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta = ahead
        if np.linalg.norm(grad) <= tol:
            return theta, k + 1, "converged"
    return theta, budget, "budget"


@fails("run", "fun asked twice at each place")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    while np.linalg.norm(fun(theta)[1]) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * fun(theta)[1]
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "the largest entry in place of the length")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.max(np.abs(grad)) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "the length of the step in place of the gradient's")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.linalg.norm(lr * grad) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "less than tol in place of at most")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.linalg.norm(grad) >= tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "a place that is finite is taken for good")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    _, grad = fun(theta)
    while np.linalg.norm(grad) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        if not np.isfinite(ahead).all():
            return theta, k, "diverged"
        theta, k = ahead, k + 1
        _, grad = fun(theta)
    return theta, k, "converged"


@fails("run", "a rising loss taken for divergence")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while np.linalg.norm(grad) > tol:
        if k == budget:
            return theta, k, "budget"
        ahead = theta - lr * grad
        before = loss
        loss, grad = fun(ahead)
        if not loss <= before or not np.isfinite(grad).all():
            return theta, k, "diverged"
        theta, k = ahead, k + 1
    return theta, k, "converged"


@fails("run", "budget said before converged")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    loss, grad = fun(theta)
    while True:
        if k == budget:
            return theta, k, "budget"
        if np.linalg.norm(grad) <= tol:
            return theta, k, "converged"
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        theta, k = ahead, k + 1


@fails("run", "one place looked at beyond the budget")
def run(fun, theta0, lr, tol, budget):
    theta, k = np.array(theta0, dtype=float), 0
    _, grad = fun(theta)
    while np.linalg.norm(grad) > tol:
        ahead = theta - lr * grad
        loss, grad = fun(ahead)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            return theta, k, "diverged"
        if k == budget:
            return theta, k, "budget"
        theta, k = ahead, k + 1
    return theta, k, "converged"


# --- question 3 ---


@passes("factors", "the eigenvalues of the map of a step, turned round")
def factors(H, lr):
    return np.linalg.eigvalsh(np.eye(len(H)) - lr * np.asarray(H))[::-1]


@passes("factors", "with eig, sorted")
def factors(H, lr):
    values = np.linalg.eig(np.array(H, dtype=float))[0]
    return np.array([1 - lr * value for value in sorted(values.real)])


@passes("factors", "measured along each axis")
def factors(H, lr):
    H = np.asarray(H)
    _, axes = np.linalg.eigh(H)
    return np.array([v @ (v - lr * H @ v) for v in axes.T])


@fails("factors", "the diagonal in place of the eigenvalues")
def factors(H, lr):
    return 1 - lr * np.sort(np.diag(H))


@fails("factors", "their sizes, without the signs")
def factors(H, lr):
    return np.abs(1 - lr * np.linalg.eigvalsh(H))


@fails("factors", "from the steepest axis to the flattest")
def factors(H, lr):
    return 1 - lr * np.linalg.eigvalsh(H)[::-1]


@fails("factors", "uphill")
def factors(H, lr):
    return 1 + lr * np.linalg.eigvalsh(H)


@fails("factors", "singular values, which forget that a saddle falls")
def factors(H, lr):
    return 1 - lr * np.sort(np.linalg.svd(H)[1])


@fails("factors", "the part that is removed in place of the part that is left")
def factors(H, lr):
    return lr * np.linalg.eigvalsh(H)


@fails("factors", "the curvatures alone")
def factors(H, lr):
    return np.linalg.eigvalsh(H)


@fails("factors", "half of the curvature, from the half in the loss")
def factors(H, lr):
    return 1 - lr * np.linalg.eigvalsh(H) / 2


@fails("factors", "the flattest and the steepest only")
def factors(H, lr):
    values = np.linalg.eigvalsh(H)
    return 1 - lr * np.array([values[0], values[-1]])


@fails("factors", "the public test's answer, written down")
def factors(H, lr):
    return np.array([lr, -lr])


@fails("factors", "the factors of the loss: squared")
def factors(H, lr):
    return (1 - lr * np.linalg.eigvalsh(H)) ** 2


@fails("factors", "the eigenvalues as they come")
def factors(H, lr):
    return 1 - lr * np.linalg.eig(H)[0]


# --- question 4 ---


@passes("rates", "with the condition number")
def rates(H):
    high = np.linalg.norm(H, 2)
    kappa = np.linalg.cond(H)
    return 2 / high, 2 / high / (1 + 1 / kappa), (kappa - 1) / (kappa + 1)


@passes("rates", "from the factor at the best rate")
def rates(H):
    values = sorted(np.linalg.eigvals(H).real)
    mu, L = values[0], values[-1]
    best = 1 / ((mu + L) / 2)
    return [2 / L, best, max(abs(1 - best * mu), abs(1 - best * L))]


@fails("rates", "one over the largest curvature for the border")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 1 / e[-1], 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "one over the largest curvature for the best rate")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 1 / e[-1], (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "one over the sum, the 2 forgotten")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 1 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "the factor of the rate 1/L")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 2 / (e[0] + e[-1]), 1 - e[0] / e[-1]


@fails("rates", "the factor of the loss: squared")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 2 / (e[0] + e[-1]), ((e[-1] - e[0]) / (e[-1] + e[0])) ** 2


@fails("rates", "the sum of all curvatures: the trace")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 2 / np.trace(H), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "one over the mean of all curvatures")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 1 / np.mean(e), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "the diagonal in place of the eigenvalues")
def rates(H):
    d = np.sort(np.diag(H))
    return 2 / d[-1], 2 / (d[0] + d[-1]), (d[-1] - d[0]) / (d[-1] + d[0])


@fails("rates", "the border of the flattest axis")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[0], 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "the geometric mean of the curvatures")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 1 / np.sqrt(e[0] * e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@fails("rates", "the factor with its sign")
def rates(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], 2 / (e[0] + e[-1]), (e[0] - e[-1]) / (e[0] + e[-1])


@fails("rates", "the public tests' answers, written down")
def rates(H):
    return 2 / 9, 0.2, 0.8 if H[0][0] > 1 else 0.0


@fails("rates", "the root of the condition number, as with momentum")
def rates(H):
    e = np.linalg.eigvalsh(H)
    root = np.sqrt(e[-1] / e[0])
    return 2 / e[-1], 2 / (e[0] + e[-1]), (root - 1) / (root + 1)


# --- question 5 ---


@passes("predict", "with the largest factor in size, in math")
def steps_needed(H, lr, part):
    import math

    values = [float(v) for v in np.linalg.eigvalsh(H)]
    worst = max(abs(1 - lr * values[0]), abs(1 - lr * values[-1]))
    if worst >= 1:
        return math.inf
    return 1 if worst == 0 else math.ceil(math.log(part, worst))


@passes("predict", "by multiplying it out")
def steps_needed(H, lr, part):
    worst = np.linalg.norm(np.eye(len(H)) - lr * H, 2)
    if worst >= 1:
        return np.inf
    k, left = 0, 1.0
    while left > part:
        k, left = k + 1, left * worst
    return k


@passes("predict", "a whole number as a float, from np.ceil")
def steps_needed(H, lr, part):
    rho = np.max(np.abs(1 - lr * np.linalg.eigvals(np.asarray(H)).real))
    if rho >= 1:
        return np.inf
    with np.errstate(divide="ignore"):
        return max(1.0, np.ceil(np.log(part) / np.log(rho)))


@fails("predict", "the flattest axis taken for the slowest")
def steps_needed(H, lr, part):
    factors = 1 - lr * np.linalg.eigvalsh(H)
    if np.abs(factors).max() >= 1:
        return np.inf
    if abs(factors[0]) <= part:
        return 1
    return int(np.ceil(np.log(part) / np.log(abs(factors[0]))))


@fails("predict", "the steepest axis taken for the slowest")
def steps_needed(H, lr, part):
    factors = 1 - lr * np.linalg.eigvalsh(H)
    if np.abs(factors).max() >= 1:
        return np.inf
    if abs(factors[-1]) <= part:
        return 1
    return int(np.ceil(np.log(part) / np.log(abs(factors[-1]))))


@fails("predict", "the largest factor, not the largest in size")
def steps_needed(H, lr, part):
    worst = np.max(1 - lr * np.linalg.eigvalsh(H))
    if worst >= 1:
        return np.inf
    if worst <= part:
        return 1
    return int(np.ceil(np.log(part) / np.log(worst)))


@fails("predict", "rounded down")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return max(1, int(np.log(part) / np.log(worst))) if worst > 0 else 1


@fails("predict", "rounded to the nearest")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return max(1, round(np.log(part) / np.log(worst))) if worst > 0 else 1


@fails("predict", "one step more, to be on the safe side")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return int(np.log(part) / np.log(worst)) + 2 if worst > 0 else 1


@fails("predict", "not rounded")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return np.log(part) / np.log(worst) if worst > 0 else 1


@fails("predict", "the loss in place of the distance: half as many")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return int(np.ceil(np.log(part) / np.log(worst) / 2)) if worst > 0 else 1


@fails("predict", "the log of zero on a round bowl")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst >= 1:
        return np.inf
    return int(np.ceil(np.log(part) / np.log(worst)))


@fails("predict", "nothing said of divergence")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    return int(np.ceil(np.log(part) / np.log(worst))) if worst > 0 else 1


@fails("predict", "as if the rate were the best one")
def steps_needed(H, lr, part):
    e = np.linalg.eigvalsh(H)
    if lr >= 2 / e[-1]:
        return np.inf
    rho = (e[-1] - e[0]) / (e[-1] + e[0])
    return int(np.ceil(np.log(part) / np.log(rho))) if rho > 0 else 1


@fails("predict", "the rule of thumb for small rates")
def steps_needed(H, lr, part):
    e = np.linalg.eigvalsh(H)
    if lr >= 2 / e[-1]:
        return np.inf
    return int(np.ceil(np.log(1 / part) / (lr * e[0])))


@fails("predict", "the run that neither shrinks nor grows is taken to arrive")
def steps_needed(H, lr, part):
    worst = np.max(np.abs(1 - lr * np.linalg.eigvalsh(H)))
    if worst > 1:
        return np.inf
    if worst == 1:
        return 10**9
    return int(np.ceil(np.log(part) / np.log(worst))) if worst > 0 else 1


@fails("predict", "run from one start, off the axes")
def steps_needed(H, lr, part):
    theta = np.ones(len(H))
    goal = part * np.linalg.norm(theta)
    for k in range(10_000):
        if np.linalg.norm(theta) <= goal:
            return k
        theta = theta - lr * H @ theta
    return np.inf


@fails("predict", "the public tests' answers, written down")
def steps_needed(H, lr, part):
    return {0.1: 44, 0.25: np.inf, 0.185: 5}.get(lr, 44)


# --- question 6 ---


@passes("backtrack", "the condition as a function")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    height, g = fun(theta)
    promised = sum(a * b for a, b in zip(g, direction))
    if not promised < 0:
        raise ValueError("this is not downhill")

    def good(rate):
        there, _ = fun(theta + rate * direction)
        return np.isfinite(there) and height - there >= -c * rate * promised

    while not good(lr):
        lr *= shrink
    return lr


@passes("backtrack", "by recursion, in powers of shrink")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = float(grad @ direction)
    if slope >= 0.0:
        raise ValueError("uphill")

    def search(j):
        eta = lr * shrink**j
        ahead = fun(np.add(theta, np.multiply(eta, direction)))[0]
        if np.isnan(ahead) or np.isinf(ahead) or ahead > loss + c * eta * slope:
            return search(j + 1)
        return np.float64(eta)

    return search(0)


@fails("backtrack", "any fall will do")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    if grad @ direction >= 0:
        raise ValueError("not downhill")
    while not (np.isfinite(v := fun(theta + lr * direction)[0]) and v < loss):
        lr = lr * shrink
    return lr


@fails("backtrack", "nan passes, by the way the comparison is written")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while fun(theta + lr * direction)[0] > loss + c * lr * slope:
        lr = lr * shrink
    return lr


@fails("backtrack", "minus infinity passes")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while not fun(theta + lr * direction)[0] <= loss + c * lr * slope:
        lr = lr * shrink
    return lr


@fails("backtrack", "the squared gradient in place of the slope along the direction")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    if grad @ direction >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss - c * lr * (grad @ grad):
            return lr
        lr = lr * shrink


@fails("backtrack", "a step against the gradient, whatever the direction")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta - lr * grad)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "a step against the direction")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta - lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "the sign of the demand turned round")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss - c * lr * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "the rate forgotten in the demand")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "a demand that stays that of the first trial")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    wanted = loss + c * lr * slope
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= wanted:
            return lr
        lr = lr * shrink


@fails("backtrack", "always halved")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr
        lr = lr / 2


@fails("backtrack", "shrunk once more after success")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    good = False
    while not good:
        v = fun(theta + lr * direction)[0]
        good = np.isfinite(v) and v <= loss + c * lr * slope
        lr = lr * shrink
    return lr


@fails("backtrack", "shrunk before the first trial")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        lr = lr * shrink
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr


@fails("backtrack", "the place in place of the rate")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        ahead = theta + lr * direction
        v = fun(ahead)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return ahead
        lr = lr * shrink


@fails("backtrack", "no refusal of a direction that leads uphill")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "a level direction is not refused")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope > 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            return lr
        lr = lr * shrink


@fails("backtrack", "everything refused")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    raise ValueError("not downhill")


@fails("backtrack", "the caller's place moves along")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    theta += lr * direction
    while not (np.isfinite(v := fun(theta)[0]) and v <= loss + c * lr * slope):
        theta -= (1 - shrink) * lr * direction
        lr = lr * shrink
    return lr


@fails("backtrack", "the caller's direction shrinks")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    direction *= lr
    while not (np.isfinite(v := fun(theta + direction)[0]) and v <= loss + c * lr * slope):
        direction *= shrink
        lr = lr * shrink
    return lr


@fails("backtrack", "given up after twenty trials")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    for _ in range(20):
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + c * lr * slope:
            break
        lr = lr * shrink
    return lr


@fails("backtrack", "c is not used")
def backtrack(fun, theta, direction, lr=1.0, c=1e-4, shrink=0.5):
    loss, grad = fun(theta)
    slope = grad @ direction
    if slope >= 0:
        raise ValueError("not downhill")
    while True:
        v = fun(theta + lr * direction)[0]
        if np.isfinite(v) and v <= loss + 1e-4 * lr * slope:
            return lr
        lr = lr * shrink


# --- question 7 ---


@passes("fit", "with the library's loop")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    m, d = Z.shape

    def fun(theta):
        miss = theta[0] + Z @ theta[1:] - y
        return miss @ miss / (2 * m), np.r_[miss.mean(), Z.T @ miss / m]

    e = np.linalg.eigvalsh(hessian(Z))
    theta = gd.minimize(fun, np.zeros(d + 1), gd.GradientDescent(lr=2 / (e[0] + e[-1])), steps)
    theta = theta.theta[-1]
    bias = theta[0] - np.sum(theta[1:] * X.mean(axis=0) / X.std(axis=0))
    return theta[1:] / X.std(axis=0), bias


@passes("fit", "with the bias last, and sums of squares by hand")
def fit(X, y, steps):
    m = len(y)
    mean = np.sum(X, axis=0) / m
    std = np.sqrt(np.sum((X - mean) ** 2, axis=0) / m)
    A = np.hstack([(X - mean) / std, np.ones((m, 1))])
    H, pull = A.T @ A / m, A.T @ y / m
    values = np.linalg.eigvals(H).real
    theta = np.zeros(len(H))
    for _ in range(steps):
        theta = theta - 2 / (values.min() + values.max()) * (H @ theta - pull)
    *weights, bias = theta
    weights = np.array(weights) / std
    return weights, bias - np.sum(weights * mean)


@passes("fit", "with functions of earlier questions")
def fit(X, y, steps):
    mean, std = np.mean(X, axis=0), np.std(X, axis=0)
    A = np.column_stack([np.ones(len(X)), (X - mean) / std])

    def fun(theta):
        error = A @ theta - y
        return np.mean(error**2) / 2, A.T @ error / len(y)

    best = rates(hessian(A[:, 1:]))[1]
    theta = descend(fun, np.zeros(A.shape[1]), best, steps)[-1]
    weights = theta[1:] / std
    return weights, theta[0] - np.dot(weights, mean)


@fails("fit", "a rate of 1, right if there is no correlation")
def fit(X, y, steps):
    mean, std = X.mean(axis=0), X.std(axis=0)
    A = np.column_stack([np.ones(len(X)), (X - mean) / std])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - A.T @ (A @ theta - y) / len(A)
    weights = theta[1:] / std
    return weights, theta[0] - weights @ mean


@fails("fit", "the weights of the standard columns, as they are")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:], theta[0]


@fails("fit", "the bias not translated")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:] / X.std(axis=0), theta[0]


@fails("fit", "weights times the spread")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    weights = theta[1:] * X.std(axis=0)
    return weights, theta[0] - weights @ X.mean(axis=0)


@fails("fit", "the bias translated by the weights of the standard columns")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:] / X.std(axis=0), theta[0] - theta[1:] @ X.mean(axis=0)


@fails("fit", "the sign of the bias's translation")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    weights = theta[1:] / X.std(axis=0)
    return weights, theta[0] + weights @ X.mean(axis=0)


@fails("fit", "one mean and one spread for the whole table")
def fit(X, y, steps):
    Z = (X - X.mean()) / X.std()
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    weights = theta[1:] / X.std()
    return weights, theta[0] - np.sum(weights) * X.mean()


@fails("fit", "the rate 1/L")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    L = np.linalg.eigvalsh(A.T @ A / len(A))[-1]
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - A.T @ (A @ theta - y) / len(A) / L
    weights = theta[1:] / X.std(axis=0)
    return weights, theta[0] - weights @ X.mean(axis=0)


@fails("fit", "the rate for the columns as they came")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(hessian(X))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    weights = theta[1:] / X.std(axis=0)
    return weights, theta[0] - weights @ X.mean(axis=0)


@fails("fit", "no bias")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    e = np.linalg.eigvalsh(Z.T @ Z / len(Z))
    theta = np.zeros(Z.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * Z.T @ (Z @ theta - y) / len(Z)
    weights = theta / X.std(axis=0)
    return weights, -weights @ X.mean(axis=0)


@fails("fit", "the descent on the columns as they came")
def fit(X, y, steps):
    A = np.column_stack([np.ones(len(X)), X])
    e = np.linalg.eigvalsh(hessian(X))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:], theta[0]


@fails("fit", "least squares solved, the steps not taken")
def fit(X, y, steps):
    theta = np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y)[0]
    return theta[1:], theta[0]


@fails("fit", "the caller's table is standardised in place")
def fit(X, y, steps):
    mean, std = X.mean(axis=0), X.std(axis=0)
    X -= mean
    X /= std
    A = np.column_stack([np.ones(len(X)), X])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:] / std, theta[0] - (theta[1:] / std) @ mean


@fails("fit", "each row standardised: the wrong axis")
def fit(X, y, steps):
    mean, std = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    Z = (X - mean) / std
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:], theta[0]


@fails("fit", "the mean subtracted, the spread forgotten")
def fit(X, y, steps):
    Z = X - X.mean(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y) / len(A)
    return theta[1:], theta[0] - theta[1:] @ X.mean(axis=0)


@fails("fit", "the sum of the squares, at the rate of the mean")
def fit(X, y, steps):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), Z])
    e = np.linalg.eigvalsh(A.T @ A / len(A))
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - 2 / (e[0] + e[-1]) * A.T @ (A @ theta - y)
    weights = theta[1:] / X.std(axis=0)
    return weights, theta[0] - weights @ X.mean(axis=0)
