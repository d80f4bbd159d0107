"""Other answers to assignment 5: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("batches", "every so-maniest index of a shuffled deck")
def batches(n, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("batch_size must be positive")
    deck = np.arange(n)
    rng.shuffle(deck)
    count = int(np.ceil(n / batch_size))
    return [deck[k::count] for k in range(count)]


@passes("batches", "with the sizes worked out, and lists of indices")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    order = [int(i) for i in rng.permutation(n)]
    count = (n + batch_size - 1) // batch_size
    small, extra = divmod(n, count)
    at = 0
    for k in range(count):
        size = small + (k < extra)
        yield order[at : at + size]
        at += size


@passes("batches", "checked at the call, a list of arrays from a list of places")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("at least one example in each batch")
    order, count = rng.permutation(n), int(np.ceil(n / batch_size))
    cuts = [n * k // count for k in range(count + 1)]
    return [order[cuts[k] : cuts[k + 1]] for k in range(count)]


@fails("batches", "the chapter's deal: the last batch takes what is left")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    order = rng.permutation(n)
    for i in range(0, n, batch_size):
        yield order[i : i + batch_size]


@fails("batches", "the number of batches rounded down: some are too large")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(rng.permutation(n), max(1, n // batch_size))


@fails("batches", "one batch too many if the size divides n")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(rng.permutation(n), n // batch_size + 1)


@fails("batches", "drawn with replacement")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(rng.integers(n, size=n), -(-n // batch_size))


@fails("batches", "not shuffled")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(np.arange(n), -(-n // batch_size))


@fails("batches", "NumPy's global generator")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(np.random.permutation(n), -(-n // batch_size))


@fails("batches", "a seed of its own: every epoch the same")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    order = np.random.default_rng(0).permutation(n)
    yield from np.array_split(order, -(-n // batch_size))


@fails("batches", "the batches shuffled, and not the examples")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    parts = np.array_split(np.arange(n), -(-n // batch_size))
    yield from [parts[k] for k in rng.permutation(len(parts))]


@fails("batches", "a deck cut at a random place, and not shuffled")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    deck = np.roll(np.arange(n), rng.integers(n))
    yield from np.array_split(deck, -(-n // batch_size))


@fails("batches", "the size rounded, and the last batch takes what is left")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    order, count = rng.permutation(n), -(-n // batch_size)
    size = round(n / count)
    for k in range(count):
        yield order[k * size : (k + 1) * size if k < count - 1 else n]


@fails("batches", "the first example always in the first batch")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    order = np.append(0, 1 + rng.permutation(n - 1))
    yield from np.array_split(order, -(-n // batch_size))


@fails("batches", "no error for a batch size of 0 or less")
def batches(n, batch_size, rng):
    yield from np.array_split(rng.permutation(n), -(-n // max(1, batch_size)))


@fails("batches", "no check: a ZeroDivisionError for 0")
def batches(n, batch_size, rng):
    yield from np.array_split(rng.permutation(n), -(-n // batch_size))


@fails("batches", "an error for 0 only")
def batches(n, batch_size, rng):
    if batch_size == 0:
        raise ValueError(batch_size)
    yield from np.array_split(rng.permutation(n), max(1, -(-n // batch_size)))


@fails("batches", "the first index left out")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(1 + rng.permutation(n - 1), -(-n // batch_size))


@fails("batches", "indices as floating numbers")
def batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(batch_size)
    yield from np.array_split(1.0 * rng.permutation(n), -(-n // batch_size))


@fails("batches", "a batch size beyond n refused")
def batches(n, batch_size, rng):
    if not 1 <= batch_size <= n:
        raise ValueError(batch_size)
    yield from np.array_split(rng.permutation(n), -(-n // batch_size))


# --- question 2 ---


@passes("gradients", "a batch at a time, with matrix products")
def gradients(A, y, theta, rows):
    found = []
    for batch in rows:
        miss = y[batch] - A[batch] @ theta
        found.append(-2 * A[batch].T @ miss / len(batch))
    return np.array(found)


@passes("gradients", "all single gradients first, then means of them")
def gradients(A, y, theta, rows):
    own = 2 * (A @ theta - y)[:, np.newaxis] * A
    return own[rows].mean(axis=1)


@passes("gradients", "with einsum")
def gradients(A, y, theta, rows):
    miss = np.einsum("mbd,d->mb", A[rows], theta) - y[rows]
    return np.einsum("mb,mbd->md", miss, A[rows]) * 2 / rows.shape[1]


@fails("gradients", "the factor 2 forgotten")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return np.mean(misses[:, :, None] * A[rows], axis=1)


@fails("gradients", "the sum over the batch")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return 2 * np.sum(misses[:, :, None] * A[rows], axis=1)


@fails("gradients", "the sign")
def gradients(A, y, theta, rows):
    misses = y[rows] - A[rows] @ theta
    return 2 * np.mean(misses[:, :, None] * A[rows], axis=1)


@fails("gradients", "the mean over the batches in place of the examples")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return 2 * np.mean(misses[:, :, None] * A[rows], axis=0)


@fails("gradients", "divided by all n")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return 2 * np.sum(misses[:, :, None] * A[rows], axis=1) / len(A)


@fails("gradients", "an index that comes twice counted once")
def gradients(A, y, theta, rows):
    found = []
    for batch in rows:
        batch = np.unique(batch)
        found.append(2 * A[batch].T @ (A[batch] @ theta - y[batch]) / len(batch))
    return np.array(found)


@fails("gradients", "the targets as a column, against each other example")
def gradients(A, y, theta, rows):
    found = []
    for batch in rows:
        misses = (A[batch] @ theta).reshape(-1, 1) - y[batch]
        found.append(2 * np.mean(A[batch].T @ misses, axis=1) / len(batch))
    return np.array(found)


@fails("gradients", "the mean of the batches, not each of them")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return 2 * np.mean(misses[:, :, None] * A[rows], axis=(0, 1))


@fails("gradients", "the examples forgotten: only the mean miss")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return np.repeat(2 * np.mean(misses, axis=1)[:, None], A.shape[1], axis=1)


@fails("gradients", "the product of the mean miss and the mean example")
def gradients(A, y, theta, rows):
    misses = A[rows] @ theta - y[rows]
    return 2 * np.mean(misses, axis=1)[:, None] * np.mean(A[rows], axis=1)


@fails("gradients", "y changed on the way")
def gradients(A, y, theta, rows):
    y -= A @ theta
    own = -2 * y[:, None] * A
    return own[rows].mean(axis=1)


@fails("gradients", "the public test's answer, written down")
def gradients(A, y, theta, rows):
    return np.array([[-9.0], [0.0], [-18.0]])


# --- question 3 ---


@passes("descend", "with an array made beforehand, and sizes in a list")
def descend(grad, theta, lr, deal, epochs):
    ends = np.zeros((epochs + 1, len(theta)))
    ends[0] = theta
    sizes = []
    for epoch in range(epochs):
        place = ends[epoch].copy()
        for rows in deal():
            place -= lr * grad(place, rows)
            sizes.append(len(rows))
        ends[epoch + 1] = place
    return ends, len(sizes), sum(sizes)


@passes("descend", "with all batches listed first, and copies kept")
def descend(grad, theta, lr, deal, epochs):
    theta = 1.0 * theta
    ends, updates, examples = [theta.copy()], 0, 0
    for _ in range(epochs):
        for rows in list(deal()):
            updates, examples = updates + 1, examples + rows.size
            theta -= lr * np.asarray(grad(theta, rows))
        ends += [theta.copy()]
    return np.stack(ends), updates, examples


@fails("descend", "the start changed, and every end the same array")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta -= lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "the ends right, but the start changed")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta.astype(float)], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta[:] = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta.copy())
    return np.array(ends), updates, examples


@fails("descend", "a copy of whole numbers stays one")
def descend(grad, theta, lr, deal, epochs):
    ends = np.zeros((epochs + 1, len(theta)), dtype=theta.dtype)
    ends[0] = theta
    updates, examples = 0, 0
    for epoch in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends[epoch + 1] = theta
    return ends, updates, examples


@fails("descend", "uphill")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta + lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "the gradients at the start of the epoch")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        place = theta
        for rows in deal():
            theta = theta - lr * grad(place, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "dealt once, for all epochs")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples, dealt = [theta], 0, 0, list(deal())
    for _ in range(epochs):
        for rows in dealt:
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "a generator used up in the first epoch")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples, dealt = [theta], 0, 0, deal()
    for _ in range(epochs):
        for rows in dealt:
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "one update an epoch, by the mean of the gradients")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        dealt = list(deal())
        theta = theta - lr * np.mean([grad(theta, rows) for rows in dealt], axis=0)
        updates += 1
        examples += sum(len(rows) for rows in dealt)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "the place after every update")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
            ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "without the start")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "as many examples as if the last batch were full")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, size = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            size = max(size, len(rows))
        ends.append(theta)
    return np.array(ends), updates, updates * size


@fails("descend", "an update counted for each epoch")
def descend(grad, theta, lr, deal, epochs):
    ends, examples = [theta], 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), epochs, examples


@fails("descend", "counts of the last epoch only")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        updates = examples = 0
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "the rate divided by the batch size")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows) / len(rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), updates, examples


@fails("descend", "the counts in the other order")
def descend(grad, theta, lr, deal, epochs):
    ends, updates, examples = [theta], 0, 0
    for _ in range(epochs):
        for rows in deal():
            theta = theta - lr * grad(theta, rows)
            updates += 1
            examples += len(rows)
        ends.append(theta)
    return np.array(ends), examples, updates


# --- question 4 ---


@passes("error", "as one minus a fraction, with NumPy's variance")
def batch_error(own, batch_size, replace):
    n = own.shape[0]
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError("not so many examples")
    return whole * (1 - (batch_size - 1) / max(n - 1, 1))


@passes("error", "as the statisticians write it, with n - 1 in the variance")
def batch_error(own, batch_size, replace):
    n = len(own)
    off = own - own.sum(axis=0) / n
    squares = np.einsum("nd,nd->", off, off)
    if replace:
        return float(squares / n / batch_size)
    if batch_size > n:
        raise ValueError(batch_size)
    return 0.0 if n == 1 else float(squares / (n - 1) / batch_size * (1 - batch_size / n))


@fails("error", "the variance of a sample in place of that of all")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0, ddof=1).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / (n - 1)


@fails("error", "the mean over the coordinates in place of their sum")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).mean() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "one variance of all entries, times d")
def batch_error(own, batch_size, replace):
    n, d = own.shape
    whole = own.var() * d / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "the mean of all not taken off")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = np.mean(np.sum(own**2, axis=1)) / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "the distance in place of its square")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return np.sqrt(whole)
    if batch_size > n:
        raise ValueError(batch_size)
    return np.sqrt(whole * (n - batch_size) / max(n - 1, 1))


@fails("error", "the batch size squared")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size**2
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "n in place of n - 1 in the correction")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / n


@fails("error", "one minus b over n, with the variance of all")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (1 - batch_size / n)


@fails("error", "the two ways of drawing taken for each other")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    if not replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "no correction at all")
def batch_error(own, batch_size, replace):
    if not replace and batch_size > len(own):
        raise ValueError(batch_size)
    return own.var(axis=0).sum() / batch_size


@fails("error", "a negative error in place of a ValueError")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    return whole if replace else whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "a ValueError with replacement, too")
def batch_error(own, batch_size, replace):
    n = len(own)
    if batch_size > n:
        raise ValueError(batch_size)
    whole = own.var(axis=0).sum() / batch_size
    return whole if replace else whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "zero over zero for one example alone")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * np.float64(n - batch_size) / (n - 1)


@fails("error", "no ValueError for two of one example")
def batch_error(own, batch_size, replace):
    n = len(own)
    if n == 1:
        return 0.0
    whole = own.var(axis=0).sum() / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / (n - 1)


@fails("error", "one number for each coordinate")
def batch_error(own, batch_size, replace):
    n = len(own)
    whole = own.var(axis=0) / batch_size
    if replace:
        return whole
    if batch_size > n:
        raise ValueError(batch_size)
    return whole * (n - batch_size) / max(n - 1, 1)


@fails("error", "measured on a few thousand batches")
def batch_error(own, batch_size, replace):
    rng = np.random.default_rng(0)
    if not replace and batch_size > len(own):
        raise ValueError(batch_size)
    drawn = [rng.choice(len(own), batch_size, replace=replace) for _ in range(2000)]
    off = np.array([own[rows].mean(axis=0) for rows in drawn]) - own.mean(axis=0)
    return np.mean(np.sum(off**2, axis=1))


# --- question 5 ---


@passes("forecast", "step by step, from the recursion")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return float("inf"), float("inf")
    floor = added / (1 - rho**2)
    updates = 0
    while square > 2 * floor:
        square = rho**2 * square + added
        updates += 1
    return floor, updates


@passes("forecast", "with gdlib's theory, and a search over the steps")
def forecast(lr, batch_size, curvature, sigma2, square):
    from gdlib.formulas import theory

    noise = sigma2 / batch_size
    floor = float(theory.noise_floor(lr, curvature, noise))
    if floor == np.inf:
        return np.array([np.inf, np.inf])
    k = np.arange(100_000)
    there = theory.noise_variance(k, lr, curvature, noise, square) <= 2 * floor
    return np.array([floor, np.argmax(there)])


@passes("forecast", "with logarithms of the size of the factor")
def forecast(lr, batch_size, curvature, sigma2, square):
    z = lr * curvature
    if not 0 < z < 2:
        return np.inf, np.inf
    floor = z / (2 - z) * sigma2 / (batch_size * curvature**2)
    over = square / floor - 1
    if over <= 1:
        return floor, 0
    if z == 1:
        return floor, 1
    return floor, -np.floor(np.log(over) / (2 * np.log(abs(1 - z))))


@fails("forecast", "the formula for small rates")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (2 * curvature)
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(floor / (square - floor)) / np.log(factor)))


@fails("forecast", "the batch size forgotten")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "the excess loss in place of the mean square")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return curvature * floor / 2, updates


@fails("forecast", "the root of the mean square")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return np.sqrt(floor), updates


@fails("forecast", "the curvature forgotten before the bracket")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = lr * sigma2 / batch_size / (2 - lr * curvature), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "the noise multiplied by the rate, not by its square")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "the distance shrinks, its square was meant: half as fast")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = abs(1 - lr * curvature)
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(floor / (square - floor)) / np.log(factor)))


@fails("forecast", "rounded down")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.log(floor / (square - floor)) / np.log(factor))


@fails("forecast", "the start's memory alone, against twice the floor")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(2 * floor / square) / np.log(factor)))


@fails("forecast", "the start's memory alone, against the floor")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(floor / square) / np.log(factor)))


@fails("forecast", "the logarithm of a negative factor")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho = 1 - lr * curvature
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if rho == 0:
        return floor, 1
    return floor, np.ceil(np.log(floor / (square - floor)) / (2 * np.log(rho)))


@fails("forecast", "a fraction of an update")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, np.log(floor / (square - floor)) / np.log(factor)


@fails("forecast", "a negative floor where the run does not settle")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if square <= 2 * floor:
        return floor, 0
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(floor / (square - floor)) / np.log(factor)))


@fails("forecast", "the border forgotten: zero over zero")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) > 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "half the curvature times the floor: that of the loss, right for 2 alone")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2) * curvature / 2, 0
    while square > 2 * floor and updates < 10_000:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "one update too many")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates + 1


@fails("forecast", "no floor beyond a rate of one over the curvature")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if rho < 0:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "a negative number of updates from a near start")
def forecast(lr, batch_size, curvature, sigma2, square):
    factor = (1 - lr * curvature) ** 2
    if factor >= 1:
        return np.inf, np.inf
    floor = lr * sigma2 / batch_size / (curvature * (2 - lr * curvature))
    if factor == 0:
        return floor, 1
    return floor, int(np.ceil(np.log(floor / abs(square - floor)) / np.log(factor)))


@fails("forecast", "until the floor itself, nearly")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates = added / (1 - rho**2), 0
    while square > 1.01 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


@fails("forecast", "the distance at the start taken for its square")
def forecast(lr, batch_size, curvature, sigma2, square):
    rho, added = 1 - lr * curvature, lr**2 * sigma2 / batch_size
    if abs(rho) >= 1:
        return np.inf, np.inf
    floor, updates, square = added / (1 - rho**2), 0, square**2
    while square > 2 * floor:
        square, updates = rho**2 * square + added, updates + 1
    return floor, updates


# --- question 6 ---


@passes("rates", "in closed form")
def best_rates(steps, curvature, noise, square):
    known = noise / (curvature**2 * square)  # what the start is worth, in examples
    return 1 / (curvature * (np.arange(1, steps + 1) + known))


@passes("rates", "with the inverse of the mean square, into an array")
def best_rates(steps, curvature, noise, square):
    rates, precision = np.empty(steps), 1 / square
    for k in range(steps):
        precision += curvature**2 / noise
        rates[k] = curvature / (noise * precision)
    return rates


@passes("rates", "by a search for the least, in every step")
def best_rates(steps, curvature, noise, square):
    from scipy.optimize import minimize_scalar

    rates = []
    for _ in range(steps):

        def after(lr, e=square):
            return (1 - lr * curvature) ** 2 * e + lr**2 * noise

        lr = minimize_scalar(after, bracket=(0, 1 / curvature), tol=1e-12).x
        rates.append(lr)
        square = after(lr)
    return np.array(rates)


@fails("rates", "the mean square never updated")
def best_rates(steps, curvature, noise, square):
    return np.full(steps, curvature * square / (curvature**2 * square + noise))


@fails("rates", "the noise forgotten in the update of the mean square")
def best_rates(steps, curvature, noise, square):
    rates = []
    for _ in range(steps):
        lr = curvature * square / (curvature**2 * square + noise)
        square = (1 - lr * curvature) ** 2 * square
        rates.append(lr)
    return np.array(rates)


@fails("rates", "one over the count, without the start's worth")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * np.arange(1, steps + 1))


@fails("rates", "one update late")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * (np.arange(steps) + noise / (curvature**2 * square)))


@fails("rates", "one update early")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * (2 + np.arange(steps) + noise / (curvature**2 * square)))


@fails("rates", "the root of the noise")
def best_rates(steps, curvature, noise, square):
    rates = []
    for _ in range(steps):
        lr = curvature * square / (curvature**2 * square + noise**0.5)
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the curvature forgotten in the derivative")
def best_rates(steps, curvature, noise, square):
    rates = []
    for _ in range(steps):
        lr = square / (curvature**2 * square + noise)
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the curvature not squared")
def best_rates(steps, curvature, noise, square):
    rates = []
    for _ in range(steps):
        lr = curvature * square / (curvature * square + noise)
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the mean squares in place of the rates")
def best_rates(steps, curvature, noise, square):
    squares = []
    for _ in range(steps):
        lr = curvature * square / (curvature**2 * square + noise)
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise
        squares.append(square)
    return np.array(squares)


@fails("rates", "the mean square updated before the rate")
def best_rates(steps, curvature, noise, square):
    rates, lr = [], 1 / curvature
    for _ in range(steps):
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise
        lr = curvature * square / (curvature**2 * square + noise)
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the rate of no noise")
def best_rates(steps, curvature, noise, square):
    return np.full(steps, 1 / curvature)


@fails("rates", "a rate for the start, too")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * (np.arange(1, steps + 2) + noise / (curvature**2 * square)))


@fails("rates", "falling with the root of the count")
def best_rates(steps, curvature, noise, square):
    first = curvature * square / (curvature**2 * square + noise)
    return first / np.sqrt(np.arange(1, steps + 1))


@fails("rates", "the distance at the start taken for its square")
def best_rates(steps, curvature, noise, square):
    rates, e = [], square**2
    for _ in range(steps):
        lr = curvature * e / (curvature**2 * e + noise)
        e = (1 - lr * curvature) ** 2 * e + lr**2 * noise
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the root of the mean square at the start")
def best_rates(steps, curvature, noise, square):
    rates, e = [], square**0.5
    for _ in range(steps):
        lr = curvature * e / (curvature**2 * e + noise)
        e = (1 - lr * curvature) ** 2 * e + lr**2 * noise
        rates.append(lr)
    return np.array(rates)


@fails("rates", "the curvature forgotten in what the start is worth")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * (np.arange(1, steps + 1) + noise / square))


@fails("rates", "the public numbers, with what the start is worth written down")
def best_rates(steps, curvature, noise, square):
    return 1 / (curvature * (np.arange(1, steps + 1) + min(noise, 0.25)))
