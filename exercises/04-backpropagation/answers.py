"""Other answers to assignment 4: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("initial", "standard normal numbers, scaled; the second layer drawn first")
def initial(n0, n1, n2, rng):
    W2 = rng.standard_normal((n1, n2)) * (2 / n1) ** 0.5
    W1 = rng.standard_normal((n0, n1)) * (2 / n0) ** 0.5
    return [W1, 0.0 * W1[0], W2, 0.0 * W2[0]]


@passes("initial", "by a helper for a layer, in float32")
def initial(n0, n1, n2, rng):
    def layer(m, k):
        W = rng.normal(size=(m, k)) / (m / 2) ** 0.5
        return W.astype(np.float32), np.zeros(k, np.float32)

    return *layer(n0, n1), *layer(n1, n2)


@fails("initial", "the variance in place of the standard deviation")
def initial(n0, n1, n2, rng):
    W1, W2 = rng.normal(0, 2 / n0, (n0, n1)), rng.normal(0, 2 / n1, (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "outputs in place of inputs")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / n1), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / n2), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "the network's inputs for both layers")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / n0), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "Xavier's rule")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / (n0 + n1)), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / (n1 + n2)), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "the 2 forgotten")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(1 / n0), (n0, n1))
    W2 = rng.normal(0, np.sqrt(1 / n1), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "a uniform distribution of the right variance")
def initial(n0, n1, n2, rng):
    W1 = rng.uniform(-1, 1, (n0, n1)) * np.sqrt(6 / n0)
    W2 = rng.uniform(-1, 1, (n1, n2)) * np.sqrt(6 / n1)
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "numbers from 0 up, not around 0")
def initial(n0, n1, n2, rng):
    W1 = np.abs(rng.normal(0, np.sqrt(2 / n0), (n0, n1)))
    W2 = np.abs(rng.normal(0, np.sqrt(2 / n1), (n1, n2)))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "a generator of its own")
def initial(n0, n1, n2, rng):
    rng = np.random.default_rng(0)
    W1 = rng.normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / n1), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "the global generator")
def initial(n0, n1, n2, rng):
    W1 = np.random.normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = np.random.normal(0, np.sqrt(2 / n1), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "biases in rows of shape (1, n)")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / n1), (n1, n2))
    return W1, np.zeros((1, n1)), W2, np.zeros((1, n2))


@fails("initial", "biases of whole numbers")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = rng.normal(0, np.sqrt(2 / n1), (n1, n2))
    return W1, np.zeros(n1, dtype=int), W2, np.zeros(n2, dtype=int)


@fails("initial", "weights transposed")
def initial(n0, n1, n2, rng):
    W1 = rng.normal(0, np.sqrt(2 / n0), (n1, n0))
    W2 = rng.normal(0, np.sqrt(2 / n1), (n2, n1))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "one row of weights, repeated for all inputs")
def initial(n0, n1, n2, rng):
    W1 = np.tile(rng.normal(0, np.sqrt(2 / n0), n1), (n0, 1))
    W2 = np.tile(rng.normal(0, np.sqrt(2 / n1), n2), (n1, 1))
    return W1, np.zeros(n1), W2, np.zeros(n2)


@fails("initial", "both layers from a copy of the generator")
def initial(n0, n1, n2, rng):
    seed = int(rng.integers(2**32))
    W1 = np.random.default_rng(seed).normal(0, np.sqrt(2 / n0), (n0, n1))
    W2 = np.random.default_rng(seed).normal(0, np.sqrt(2 / n1), (n1, n2))
    return W1, np.zeros(n1), W2, np.zeros(n2)


# --- question 2 ---


@passes("forward", "by np.where and np.dot, as a list")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = np.dot(X, W1) + b1[None, :]
    A = np.where(Z > 0, Z, 0.0)
    return [Z, A, np.dot(A, W2) + b2[None, :]]


@passes("forward", "example by example")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = np.array([b1 + sum(v * row for v, row in zip(x, W1)) for x in X])
    A = Z * (Z > 0)
    S = np.array([W2.T @ a + b2 for a in A])
    return Z, A, S


@fails("forward", "ReLU on the logits, too")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    A = np.maximum(Z, 0)
    return Z, A, np.maximum(A @ W2 + b2, 0)


@fails("forward", "Z overwritten by A")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    A = Z
    A[A < 0] = 0
    return Z, A, A @ W2 + b2


@fails("forward", "no activation on the way to S")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    return Z, np.maximum(Z, 0), Z @ W2 + b2


@fails("forward", "the bias of the hidden layer forgotten")
def forward(params, X):
    W1, _b1, W2, b2 = params
    Z = X @ W1
    A = np.maximum(Z, 0)
    return Z, A, A @ W2 + b2


@fails("forward", "the bias added after ReLU")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1
    A = np.maximum(Z, 0) + b1
    return Z, A, A @ W2 + b2


@fails("forward", "tanh")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    A = np.tanh(Z)
    return Z, A, A @ W2 + b2


@fails("forward", "probabilities in place of logits")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    A = np.maximum(Z, 0)
    S = np.exp(A @ W2 + b2)
    return Z, A, S / S.sum(axis=1, keepdims=True)


@fails("forward", "only the logits")
def forward(params, X):
    W1, b1, W2, b2 = params
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


@fails("forward", "transposed weights, for square ones only")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1.T + b1
    A = np.maximum(Z, 0)
    return Z, A, A @ W2.T + b2


@fails("forward", "the bias added in place, to the parameters")
def forward(params, X):
    W1, b1, W2, b2 = params
    Z = X @ W1
    Z += b1
    A = np.maximum(Z, 0)
    b2 += (A @ W2)[0] * 0 + 1e-3
    return Z, A, A @ W2 + b2 - 1e-3


@fails("forward", "the public test's answer, written down")
def forward(params, X):
    return [[1, 1], [4, -2]], [[1, 1], [4, 0]], [[3, -1], [4, -5]]


# --- question 3 ---


@passes("head", "with rows of a single 1, and logaddexp")
def head(S, y):
    Y = np.eye(S.shape[1])[y]
    total = np.logaddexp.reduce(S, axis=1)
    return np.mean(total - (S * Y).sum(axis=1)), (np.exp(S - total[:, None]) - Y) / len(S)


@passes("head", "example by example")
def head(S, y):
    loss, dS = 0.0, np.empty(S.shape)
    for i, (row, c) in enumerate(zip(S, y)):
        row = row - max(row)
        powers = np.exp(row)
        loss += (np.log(sum(powers)) - row[c]) / len(S)
        dS[i] = powers / sum(powers) / len(S)
        dS[i, c] -= 1 / len(S)
    return loss, dS


@fails("head", "no maximum subtracted: it overflows")
def head(S, y):
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(len(S)), y]))
    return loss, (P - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "the logarithm of a probability that is 0")
def head(S, y):
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(len(S)), y]))
    return loss, (P - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "a small number added inside the logarithm")
def head(S, y):
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(len(S)), y] + 1e-300))
    return loss, (P - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "the maximum of all rows: small rows underflow")
def head(S, y):
    shifted = S - S.max()
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - shifted[np.arange(len(S)), y])
    return loss, (np.exp(shifted) / total - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "the sum of the losses, in value and slope")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.sum(total - S[np.arange(len(S)), y])
    return loss, np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]


@fails("head", "slopes not divided by n")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    return loss, np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]


@fails("head", "slopes divided by the number of all entries")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    return loss, (np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]) / S.size


@fails("head", "the sign of the slopes")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    return loss, (np.eye(S.shape[1])[y] - np.exp(S - total[:, None])) / len(S)


@fails("head", "softmax down the columns")
def head(S, y):
    P = np.exp(S - S.max(axis=0))
    P = P / P.sum(axis=0)
    loss = -np.mean(np.log(P[np.arange(len(S)), y]))
    return loss, (P - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "S[:, y]: a table in place of one entry a row")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    P = np.exp(S - total[:, None])
    loss = -np.mean(S[:, y] - total[:, None])
    P[:, y] -= 1
    return loss, P / len(S)


@fails("head", "S changed in place")
def head(S, y):
    S -= S.max(axis=1, keepdims=True)
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    return loss, (np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "the losses of all examples, not their mean")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = total - S[np.arange(len(S)), y]
    return loss, (np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]) / len(S)


@fails("head", "slopes of the loss by the probabilities")
def head(S, y):
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    P = np.exp(S - total[:, None])
    return loss, -np.eye(S.shape[1])[y] / P / len(S)


@fails("head", "logits clipped to 500 in size")
def head(S, y):
    S = np.clip(S, -500, 500)
    total = np.logaddexp.reduce(S, axis=1)
    loss = np.mean(total - S[np.arange(len(S)), y])
    return loss, (np.exp(S - total[:, None]) - np.eye(S.shape[1])[y]) / len(S)


# --- question 4 ---


@passes("check", "on flat copies, a fresh one for each reading")
def wrong_slopes(fun, params, tol=1e-6):
    def read(position, index, h):
        parts = [np.array(part, dtype=float) for part in params]
        parts[position].reshape(-1)[index] += h
        return fun(tuple(parts))[0]

    slopes = fun(params)[1]
    wrong = set()
    for position, slope in enumerate(slopes):
        for index, value in enumerate(np.ravel(slope)):
            numeric = (read(position, index, 2e-5) - read(position, index, -2e-5)) / 4e-5
            if not abs(numeric - value) <= tol:
                wrong.add(position)
    return sorted(wrong)


@passes("check", "in place, and turned back; as a tuple")
def wrong_slopes(fun, params, tol=1e-6):
    h, found = 1e-5, ()
    for position, slope in enumerate(fun(params)[1]):
        numeric = np.zeros_like(slope)
        for place in np.ndindex(slope.shape):
            params[position][place] += h
            numeric[place] = fun(params)[0]
            params[position][place] -= 2 * h
            numeric[place] -= fun(params)[0]
            params[position][place] += h
        if not np.max(np.abs(numeric / (2 * h) - slope)) <= tol:
            found += (position,)
    return found


@fails("check", "only the first entry of each array")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        first = (0,) * part.ndim
        here = part[first]
        part[first] = here + h
        above = fun(turned)[0]
        part[first] = here - h
        below = fun(turned)[0]
        part[first] = here
        if not abs((above - below) / (2 * h) - slopes[position][first]) <= tol:
            wrong.append(position)
    return wrong


@fails("check", "only the last entry of each array")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = abs((above - below) / (2 * h) - slopes[position][place])
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "forward differences: right slopes are suspected")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    loss, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, abs((above - loss) / h - slopes[position][place]))
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "the entries not turned back")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            part[place] += h
            above = fun(turned)[0]
            part[place] -= 2 * h
            below = fun(turned)[0]
            off = np.maximum(off, abs((above - below) / (2 * h) - slopes[position][place]))
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "no absolute value: slopes that are too large pass")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, (above - below) / (2 * h) - slopes[position][place])
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "no absolute value: slopes that are too small pass")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, slopes[position][place] - (above - below) / (2 * h))
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "the sum of the differences: errors cancel")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off += (above - below) / (2 * h) - slopes[position][place]
        if not abs(off) <= tol:
            wrong.append(position)
    return wrong


@fails("check", "only the first culprit")
def wrong_slopes(fun, params, tol=1e-6):
    h = 1e-5
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            if not abs((above - below) / (2 * h) - slopes[position][place]) <= tol:
                return [position]
    return []


@fails("check", "a position for each wrong entry")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            if not abs((above - below) / (2 * h) - slopes[position][place]) <= tol:
                wrong.append(position)
    return wrong


@fails("check", "the tolerance not used")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, abs((above - below) / (2 * h) - slopes[position][place]))
        if not off <= 1e-6:
            wrong.append(position)
    return wrong


@fails("check", "the quotient divided by h and not by 2 h")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, abs((above - below) / h - slopes[position][place]))
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "whole arrays turned at once")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    for position, slope in enumerate(slopes):
        ends = []
        for step in (h, -h):
            turned = [part.copy() for part in params]
            turned[position] += step
            ends.append(fun(turned)[0])
        if not abs((ends[0] - ends[1]) / (2 * h) - np.sum(slope)) <= tol:
            wrong.append(position)
    return wrong


@fails("check", "the caller's arrays left turned")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    for position, part in enumerate(params):
        off = 0
        for place in np.ndindex(part.shape):
            slope = fun(params)[1][position][place]
            part[place] += h
            above = fun(params)[0]
            part[place] -= 2 * h
            below = fun(params)[0]
            off = np.maximum(off, abs((above - below) / (2 * h) - slope))
        if not off <= max(tol, 1e-5 * abs(slope) + 1e-5):
            wrong.append(position)
    return wrong


@fails("check", "positions counted from 1")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = np.maximum(off, abs((above - below) / (2 * h) - slopes[position][place]))
        if not off <= tol:
            wrong.append(position + 1)
    return wrong


@fails("check", "the relative error")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here, slope = part[place], slopes[position][place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            numeric = (above - below) / (2 * h)
            off = np.maximum(off, abs(numeric - slope) / max(abs(numeric), abs(slope), 1e-12))
        if not off <= tol:
            wrong.append(position)
    return wrong


@fails("check", "the mean error of each array")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = []
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off.append(abs((above - below) / (2 * h) - slopes[position][place]))
        if not np.mean(off) <= tol:
            wrong.append(position)
    return wrong


@fails("check", "the slopes of the public tests' loss, written down")
def wrong_slopes(fun, params, tol=1e-6):
    u, V, w = (*params, 0.0, 0.0)[:3]
    by_u = 3 * u**2 * np.sum(V**2) + np.array([1, 0])[: len(u)] * np.sum(np.sin(w))
    right = by_u, 2 * V * np.sum(u**3), np.cos(w) * u[0]
    pairs = zip(fun(params)[1], right)
    return [i for i, (slope, known) in enumerate(pairs) if not np.abs(slope - known).max() <= tol]


@fails("check", "a slope that is nan passes: it is not larger than tol")
def wrong_slopes(fun, params, tol=1e-6):
    h, wrong = 1e-5, []
    _, slopes = fun(params)
    turned = [part.copy() for part in params]
    for position, part in enumerate(turned):
        off = 0
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = fun(turned)[0]
            part[place] = here - h
            below = fun(turned)[0]
            part[place] = here
            off = max(off, abs((above - below) / (2 * h) - slopes[position][place]))
        if off > tol:
            wrong.append(position)
    return wrong


# --- question 5 ---


@passes("backward", "a sum of outer products, example by example")
def backward(params, X, Z, A, dS):
    slopes = [np.zeros_like(part) for part in params] + [np.zeros_like(X)]
    for i in range(len(X)):
        dz = np.where(A[i] > 0, params[2] @ dS[i], 0)
        slopes[0] += np.outer(X[i], dz)
        slopes[1] += dz
        slopes[2] += np.outer(A[i], dS[i])
        slopes[3] += dS[i]
        slopes[4][i] = params[0] @ dz
    return slopes


@passes("backward", "biases as products with ones, the mask by heaviside")
def backward(params, X, Z, A, dS):
    W1, _b1, W2, _b2 = params
    ones = np.ones(len(X))
    dZ = np.heaviside(Z, 0) * np.dot(dS, np.transpose(W2))
    dW2, db2 = np.dot(A.T, dS), ones @ dS
    return np.dot(X.T, dZ), ones @ dZ, dW2, db2, np.inner(dZ, W1)


@fails("backward", "the mask of ReLU forgotten")
def backward(params, X, Z, A, dS):
    dZ = dS @ params[2].T
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "the slope 1 at zero")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z >= 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "A in place of its slope")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * A
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "the slope of tanh, from the chapter")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (1 - A * A)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "the slopes clipped, not masked: ReLU of dA")
def backward(params, X, Z, A, dS):
    dZ = np.maximum(dS @ params[2].T, 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "bias slopes as means")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return X.T @ dZ, dZ.mean(axis=0), A.T @ dS, dS.mean(axis=0), dZ @ params[0].T


@fails("backward", "divided by n once more")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    n = len(X)
    return (
        X.T @ dZ / n, dZ.sum(axis=0) / n, A.T @ dS / n, dS.sum(axis=0) / n, dZ @ params[0].T / n
    )  # fmt: skip


@fails("backward", "bias slopes summed along the wrong axis")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=1), A.T @ dS, dS.sum(axis=1), dZ @ params[0].T


@fails("backward", "bias slopes in rows of shape (1, n)")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    db1, db2 = dZ.sum(axis=0, keepdims=True), dS.sum(axis=0, keepdims=True)
    return X.T @ dZ, db1, A.T @ dS, db2, dZ @ params[0].T


@fails("backward", "Z in place of A in the output layer")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=0), Z.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "W2 not transposed")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2]) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "weight slopes transposed")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return dZ.T @ X, dZ.sum(axis=0), dS.T @ A, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "four slopes: those by the inputs forgotten")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0)


@fails("backward", "W1 not transposed in the slopes by the inputs")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0]


@fails("backward", "a mask of the inputs in the slopes by the inputs")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    dX = (dZ @ params[0].T) * (X > 0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dX


@fails("backward", "the mask written into Z")
def backward(params, X, Z, A, dS):
    Z[Z <= 0] = 0
    Z[Z > 0] = 1
    dZ = (dS @ params[2].T) * Z
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "in the other order, the output layer first")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0)
    return A.T @ dS, dS.sum(axis=0), X.T @ dZ, dZ.sum(axis=0), dZ @ params[0].T


@fails("backward", "a step taken on the way, before the hidden layer")
def backward(params, X, Z, A, dS):
    W1, _b1, W2, _b2 = params
    dW2, db2 = A.T @ dS, dS.sum(axis=0)
    W2 = W2 - 0.1 * dW2
    dZ = (dS @ W2.T) * (Z > 0)
    return X.T @ dZ, dZ.sum(axis=0), dW2, db2, dZ @ W1.T


@fails("backward", "neurons masked for all examples, if dead for one")
def backward(params, X, Z, A, dS):
    dZ = (dS @ params[2].T) * (Z > 0).all(axis=0)
    return X.T @ dZ, dZ.sum(axis=0), A.T @ dS, dS.sum(axis=0), dZ @ params[0].T


@fails("backward", "the public tests' answers, written down")
def backward(params, X, Z, A, dS):
    dW1, dW2, dX = [[-10, 1], [-12, 2], [-4, 0]], [[-7, 7], [1, -1]], [[2, -1, 1], [-4, 0, -4]]
    return tuple(np.array(part) for part in (dW1, [-2, 1], dW2, [-1, 1], dX))


# --- question 6 ---


@passes("predict", "as a set of tuples")
def distinct_after(params):
    W1, b1, W2, _b2 = params
    return len({(*W1[:, i], b1[i], *W2[i]) for i in range(len(b1))})


@passes("predict", "numbers rounded, the table the other way round")
def distinct_after(params):
    W1, b1, W2, _b2 = params
    return np.unique(np.vstack([W2.T, b1, W1]).round(9), axis=1).shape[1]


@passes("predict", "each neuron against those before it")
def distinct_after(params):
    W1, b1, W2, _ = params
    found = []
    for i in range(len(b1)):
        neuron = np.concatenate([W1[:, i], [b1[i]], W2[i]])
        if not any(np.array_equal(neuron, other) for other in found):
            found.append(neuron)
    return len(found)


@fails("predict", "training makes all neurons differ")
def distinct_after(params):
    return params[0].shape[1]


@fails("predict", "one neuron is all that is left")
def distinct_after(params):
    return 1


@fails("predict", "the two public answers, written down")
def distinct_after(params):
    return 5 if params[0].any() else 1


@fails("predict", "only zero is a bad start")
def distinct_after(params):
    return params[0].shape[1] if params[0].any() else 1


@fails("predict", "equal numbers in W1 are bad, any others are good")
def distinct_after(params):
    return 1 if np.ptp(params[0]) == 0 else params[0].shape[1]


@fails("predict", "only what neurons receive counts")
def distinct_after(params):
    return len(np.unique(np.column_stack([params[0].T, params[1]]), axis=0))


@fails("predict", "only what neurons send counts")
def distinct_after(params):
    return len(np.unique(params[2], axis=0))


@fails("predict", "the biases forgotten")
def distinct_after(params):
    return len(np.unique(np.column_stack([params[0].T, params[2]]), axis=0))


@fails("predict", "one of both equal is enough")
def distinct_after(params):
    return min(len(np.unique(table, axis=0)) for table in (params[0].T, params[2]))


@fails("predict", "both must be equal, but each on its own")
def distinct_after(params):
    return max(len(np.unique(table, axis=0)) for table in (params[0].T, params[2]))


@fails("predict", "the wrong axis: distinct pixels")
def distinct_after(params):
    return len(np.unique(params[0], axis=0))


@fails("predict", "distinct numbers in place of distinct neurons")
def distinct_after(params):
    return len(np.unique(params[0]))


@fails("predict", "copies part, since mini-batches are random; constant starts stay")
def distinct_after(params):
    W1, b1, W2, _b2 = params
    return 1 if np.ptp(W1) == np.ptp(W2) == np.ptp(b1) == 0 else len(b1)


# --- question 7 ---


@passes("train", "in place, on copies, with shuffled indices")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    mine = [np.array(part, dtype=float) for part in params]
    places = np.arange(len(y))
    for _ in range(epochs):
        rng.shuffle(places)
        for k in range(0, len(places), batch_size):
            now = places[k : k + batch_size]
            for part, slope in zip(mine, slopes_of(mine, X[now], y[now])[1]):
                part -= lr * slope
    return tuple(mine)


@passes("train", "shuffled copies of the data, cut by np.split; by recursion")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    if epochs == 0:
        return tuple(params)
    order = rng.permuted(np.arange(len(X)))
    cuts = np.arange(batch_size, len(X), batch_size)
    for inputs, targets in zip(np.split(X[order], cuts), np.split(y[order], cuts)):
        slopes = slopes_of(params, inputs, targets)[1]
        params = tuple(params[i] - lr * slopes[i] for i in range(len(params)))
    return train(slopes_of, params, X, y, lr, batch_size, epochs - 1, rng)


@passes("train", "with an optimiser's words: a while loop over what is left")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        left = list(rng.permutation(len(X)))
        while left:
            batch, left = left[:batch_size], left[batch_size:]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = [np.subtract(p, np.multiply(lr, g)) for p, g in zip(params, slopes)]
    return tuple(params)


@fails("train", "uphill")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p + lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "the last smaller batch dropped")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(len(X) // batch_size):
            batch = order[k * batch_size : (k + 1) * batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "batches of nearly equal size")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for batch in np.array_split(order, -(-len(X) // batch_size)):
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "drawn with replacement")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for k in range(0, len(X), batch_size):
            batch = rng.integers(len(X), size=min(batch_size, len(X) - k))
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "batches drawn anew at each step, without replacement inside only")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for k in range(0, len(X), batch_size):
            batch = rng.permutation(len(X))[: min(batch_size, len(X) - k)]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "shuffled once, before all epochs")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    order = rng.permutation(len(X))
    for _ in range(epochs):
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "fixed batches, only their order shuffled")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        begins = np.arange(0, len(X), batch_size)
        rng.shuffle(begins[: len(X) // batch_size])
        for k in begins:
            slopes = slopes_of(params, X[k : k + batch_size], y[k : k + batch_size])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "not shuffled")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for k in range(0, len(X), batch_size):
            slopes = slopes_of(params, X[k : k + batch_size], y[k : k + batch_size])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "inputs shuffled, labels not")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            slopes = slopes_of(params, X[order[k : k + batch_size]], y[k : k + batch_size])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "the caller's data shuffled in place")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        for k in range(0, len(X), batch_size):
            slopes = slopes_of(params, X[k : k + batch_size], y[k : k + batch_size])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "the caller's parameters changed in place")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            for p, g in zip(params, slopes_of(params, X[batch], y[batch])[1]):
                p -= lr * g
    return tuple(params)


@fails("train", "all slopes of an epoch at its first parameters")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order, begin = rng.permutation(len(X)), tuple(params)
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(begin, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "array by array, each with slopes taken after the last change")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    params = list(params)
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            for i in range(len(params)):
                params[i] = params[i] - lr * slopes_of(params, X[batch], y[batch])[1][i]
    return tuple(params)


@fails("train", "slopes added up over an epoch, one step")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order, total = rng.permutation(len(X)), [0 * p for p in params]
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            total = [t + g for t, g in zip(total, slopes_of(params, X[batch], y[batch])[1])]
        params = tuple(p - lr * t for p, t in zip(params, total))
    return tuple(params)


@fails("train", "the slopes divided by the batch size once more")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g / len(batch) for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "the global generator")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = np.random.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "a generator of its own")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            slopes = slopes_of(params, X[batch], y[batch])[1]
            params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "epochs taken for steps")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    order = rng.permutation(len(X))
    for k in range(epochs):
        batch = order[(k * batch_size) % len(X) :][:batch_size]
        slopes = slopes_of(params, X[batch], y[batch])[1]
        params = tuple(p - lr * g for p, g in zip(params, slopes))
    return tuple(params)


@fails("train", "only the first four arrays")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), batch_size):
            batch = order[k : k + batch_size]
            W1, b1, W2, b2 = params
            dW1, db1, dW2, db2 = slopes_of(params, X[batch], y[batch])[1]
            params = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    return params


@fails("train", "the public test's answer, written down")
def train(slopes_of, params, X, y, lr, batch_size, epochs, rng):
    return (np.array([3.0]),)
