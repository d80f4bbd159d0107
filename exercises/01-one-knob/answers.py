"""Other answers to assignment 1: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("loss", "with a loop")
def loss(w):
    total = 0.0
    for f, s in zip(force, length):
        total += (w * f - s) ** 2
    return total / len(force)


@passes("loss", "as an inner product")
def loss(w):
    misses = length - w * force
    return misses @ misses / misses.size


@passes("loss", "with other names for the data")
def loss(w):
    x, y = force, length
    return float(np.square(x * w - y).mean())


@fails("loss", "the sum in place of the mean")
def loss(w):
    return np.sum((w * force - length) ** 2)


@fails("loss", "half of it")
def loss(w):
    return np.mean((w * force - length) ** 2) / 2


@fails("loss", "the absolute errors")
def loss(w):
    return np.mean(np.abs(w * force - length))


@fails("loss", "the root of it")
def loss(w):
    return np.sqrt(np.mean((w * force - length) ** 2))


@fails("loss", "a sign: the sum of model and reading")
def loss(w):
    return np.mean((w * force + length) ** 2)


@fails("loss", "no mean at all")
def loss(w):
    return (w * force - length) ** 2


@fails("loss", "the square of the mean error")
def loss(w):
    return np.mean(w * force - length) ** 2


@fails("loss", "the public tests' answers, written down")
def loss(w):
    return np.mean(length**2) if w == 0 else 2.5


# --- question 2 ---


@passes("slope", "with a loop")
def slope(w):
    return sum(2 * (w * f - s) * f for f, s in zip(force, length)) / 12


@passes("slope", "multiplied out")
def slope(w):
    return 2 * w * np.mean(force**2) - 2 * np.mean(force * length)


@passes("slope", "as an inner product")
def slope(w):
    x, y = force, length
    return 2 / len(x) * x @ (w * x - y)


@fails("slope", "the factor 2 forgotten")
def slope(w):
    return np.mean((w * force - length) * force)


@fails("slope", "the sign")
def slope(w):
    return 2 * np.mean((length - w * force) * force)


@fails("slope", "the inner derivative forgotten")
def slope(w):
    return 2 * np.mean(w * force - length)


@fails("slope", "the sum in place of the mean")
def slope(w):
    return 2 * np.sum((w * force - length) * force)


@fails("slope", "a mean of products taken for a product of means")
def slope(w):
    return 2 * np.mean(w * force - length) * np.mean(force)


@fails("slope", "a one-sided difference quotient in place of the formula")
def slope(w):
    h = 1e-3
    return (np.mean(((w + h) * force - length) ** 2) - np.mean((w * force - length) ** 2)) / h


@fails("slope", "a central difference quotient in place of the formula")
def slope(w):
    def f(u):
        return np.mean((u * force - length) ** 2)

    return (f(w + 1e-5) - f(w - 1e-5)) / 2e-5


@fails("slope", "a central difference quotient with a long h, exact but for rounding")
def slope(w):
    def f(u):
        return np.mean((u * force - length) ** 2)

    return (f(w + 1) - f(w - 1)) / 2


@fails("slope", "the length in place of the force")
def slope(w):
    return 2 * np.mean((w * force - length) * length)


@fails("slope", "a line through the public test's value, written down")
def slope(w):
    return 7.0 * (w - 1)


@fails("slope", "only the sign")
def slope(w):
    return np.sign(np.mean((w * force - length) * force))


@fails("slope", "no mean at all")
def slope(w):
    return 2 * (w * force - length) * force


# --- question 3 ---


@passes("central", "in two lines")
def central(f, w, h=1e-5):
    ahead, back = f(w + h), f(w - h)
    return (ahead - back) / (h + h)


@passes("central", "as the mean of the quotients to either side, without a third reading")
def central(f, w, h=1e-5):
    return 0.5 * (f(w + h) / h - f(w - h) / h)


@passes("central", "over the distance as it was rounded, as in the chapter")
def central(f, w, h=1e-5):
    return (f(w + h) - f(w - h)) / ((w + h) - (w - h))


@fails("central", "forward differences")
def central(f, w, h=1e-5):
    return (f(w + h) - f(w)) / h


@fails("central", "backward differences")
def central(f, w, h=1e-5):
    return (f(w) - f(w - h)) / h


@fails("central", "divided by h and not by 2 h")
def central(f, w, h=1e-5):
    return (f(w + h) - f(w - h)) / h


@fails("central", "half a step to either side")
def central(f, w, h=1e-5):
    return (f(w + h / 2) - f(w - h / 2)) / h


@fails("central", "the sign")
def central(f, w, h=1e-5):
    return (f(w - h) - f(w + h)) / (2 * h)


@fails("central", "h not used")
def central(f, w, h=1e-5):
    return (f(w + 1e-5) - f(w - 1e-5)) / 2e-5


@fails("central", "the loss in place of f")
def central(f, w, h=1e-5):
    return (loss(w + h) - loss(w - h)) / (2 * h)


@fails("central", "not divided at all")
def central(f, w, h=1e-5):
    return f(w + h) - f(w - h)


# --- question 4 ---


@passes("descend", "into an array made beforehand")
def descend(slope, w, lr, steps):
    places = np.empty(steps + 1)
    places[0] = w
    for k in range(steps):
        places[k + 1] = places[k] - lr * slope(places[k])
    return places


@passes("descend", "by recursion")
def descend(slope, w, lr, steps):
    if steps == 0:
        return np.array([w], dtype=float)
    return np.append(float(w), descend(slope, w - lr * slope(w), lr, steps - 1))


@passes("descend", "as a list")
def descend(slope, w, lr, steps):
    places = [w]
    while len(places) <= steps:
        w = w - lr * slope(w)
        places.append(w)
    return places


@fails("descend", "uphill")
def descend(slope, w, lr, steps):
    places = [w]
    for _ in range(steps):
        places.append(places[-1] + lr * slope(places[-1]))
    return np.array(places)


@fails("descend", "without the start")
def descend(slope, w, lr, steps):
    places = []
    for _ in range(steps):
        w = w - lr * slope(w)
        places.append(w)
    return np.array(places)


@fails("descend", "one step too few")
def descend(slope, w, lr, steps):
    places = [w]
    for _ in range(steps - 1):
        places.append(places[-1] - lr * slope(places[-1]))
    return np.array(places)


@fails("descend", "the slope at the start in every step")
def descend(slope, w, lr, steps):
    pull = slope(w)
    return np.array([w - lr * k * pull for k in range(steps + 1)])


@fails("descend", "only the last place")
def descend(slope, w, lr, steps):
    for _ in range(steps):
        w = w - lr * slope(w)
    return w


@fails("descend", "the learning rate forgotten")
def descend(slope, w, lr, steps):
    places = [w]
    for _ in range(steps):
        places.append(places[-1] - slope(places[-1]))
    return np.array(places)


@fails("descend", "whole numbers, if the start is one")
def descend(slope, w, lr, steps):
    places = np.full(steps + 1, w)
    for k in range(steps):
        places[k + 1] = places[k] - lr * slope(places[k])
    return places


@fails("descend", "the public test's answer, written down")
def descend(slope, w, lr, steps):
    return w * 0.5 ** np.arange(steps + 1)


@fails("descend", "the sign of the slope in place of the slope")
def descend(slope, w, lr, steps):
    places = [w]
    for _ in range(steps):
        places.append(places[-1] - lr * np.sign(slope(places[-1])))
    return np.array(places)


# --- question 5 ---


@passes("largest", "as two over the curvature")
def largest_rate(force):
    curvature = 2 * sum(f**2 for f in force) / len(force)
    return 2 / curvature


@passes("largest", "the number of forces over the sum of their squares")
def largest_rate(force):
    force = np.asarray(force)
    return force.size / (force @ force)


@fails("largest", "one over the curvature: the rate of a single step")
def largest_rate(force):
    return 1 / (2 * np.mean(force**2))


@fails("largest", "the factor 2 of the curvature forgotten")
def largest_rate(force):
    return 2 / np.mean(force**2)


@fails("largest", "the square of the mean")
def largest_rate(force):
    return 1 / np.mean(force) ** 2


@fails("largest", "the sum in place of the mean")
def largest_rate(force):
    return 1 / np.sum(force**2)


@fails("largest", "upside down")
def largest_rate(force):
    return np.mean(force**2)


@fails("largest", "the largest force alone")
def largest_rate(force):
    return 1 / np.max(force) ** 2


@fails("largest", "two over the sum: right for two forces only")
def largest_rate(force):
    return 2 / np.sum(force**2)


@fails("largest", "one over the mean")
def largest_rate(force):
    return 1 / np.mean(force)


@fails("largest", "the public test's answer, written down")
def largest_rate(force):
    return 0.1


@fails("largest", "the forces not squared")
def largest_rate(force):
    return 1 / np.mean(np.abs(force))


# --- question 6 ---


@passes("gradient", "with a matrix")
def gradient(w, b):
    A = np.column_stack([force, np.ones(12)])
    return 2 * A.T @ (A @ [w, b] - length) / 12


@passes("gradient", "with a loop")
def gradient(w, b):
    by_w = by_b = 0.0
    for f, s in zip(force, length):
        miss = w * f + b - s
        by_w += 2 * miss * f / 12
        by_b += 2 * miss / 12
    return np.array([by_w, by_b])


@passes("gradient", "multiplied out, with means of products")
def gradient(w, b):
    x, y = force, length
    by_w = 2 * (w * np.mean(x * x) + b * np.mean(x) - np.mean(x * y))
    by_b = 2 * (w * np.mean(x) + b - np.mean(y))
    return np.array([by_w, by_b])


@fails("gradient", "in the other order")
def gradient(w, b):
    misses = w * force + b - length
    return 2 * np.array([np.mean(misses), np.mean(misses * force)])


@fails("gradient", "the factor 2 forgotten for b")
def gradient(w, b):
    misses = w * force + b - length
    return np.array([2 * np.mean(misses * force), np.mean(misses)])


@fails("gradient", "the factor 2 forgotten for both")
def gradient(w, b):
    misses = w * force + b - length
    return np.array([np.mean(misses * force), np.mean(misses)])


@fails("gradient", "the entry of w is zero")
def gradient(w, b):
    return 2 * np.array([0.0, np.mean(w * force + b - length)])


@fails("gradient", "the sign of the entry of w")
def gradient(w, b):
    misses = w * force + b - length
    return 2 * np.array([-np.mean(misses * force), np.mean(misses)])


@fails("gradient", "b forgotten in the entry of w")
def gradient(w, b):
    misses = w * force - length
    return 2 * np.array([np.mean(misses * force), np.mean(misses + b)])


@fails("gradient", "central difference quotients in place of the formulas")
def gradient(w, b):
    def f(u, v):
        return np.mean((u * force + v - length) ** 2)

    by_w = (f(w + 1, b) - f(w - 1, b)) / 2
    return np.array([by_w, (f(w, b + 1) - f(w, b - 1)) / 2])


@fails("gradient", "the public tests' answers, written down")
def gradient(w, b):
    if w == 0:
        return np.array([0.0, 0.0])
    return np.array([11.0, 5.0])


@fails("gradient", "the force in both derivatives")
def gradient(w, b):
    misses = w * force + b - length
    return 2 * np.array([np.mean(misses * force), np.mean(misses * force)])


@fails("gradient", "b forgotten in the error")
def gradient(w, b):
    misses = w * force - length
    return 2 * np.array([np.mean(misses * force), np.mean(misses)])


@fails("gradient", "a column of shape (2, 1)")
def gradient(w, b):
    misses = w * force + b - length
    return 2 * np.array([[np.mean(misses * force)], [np.mean(misses)]])


@fails("gradient", "the sign")
def gradient(w, b):
    misses = length - w * force - b
    return 2 * np.array([np.mean(misses * force), np.mean(misses)])


@fails("gradient", "sums in place of means")
def gradient(w, b):
    misses = w * force + b - length
    return 2 * np.array([np.sum(misses * force), np.sum(misses)])


@fails("gradient", "one derivative only")
def gradient(w, b):
    return 2 * np.mean((w * force + b - length) * force)
