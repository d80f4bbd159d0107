"""Other answers to assignment 9: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("steps", "with sums of squares, in arrays")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    lengths = np.array([np.sum(layer.W**2) ** 0.5 for layer in model.layers(theta)])
    pulls = np.array([np.sum(layer.W**2) ** 0.5 for layer in model.layers(grad)])
    with np.errstate(divide="ignore"):
        return 0.01 * lengths / (lr * pulls)


@passes("steps", "as a list, with flattened matrices")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[-1]
    steps = []
    for layer, slopes in zip(model.layers(theta), model.layers(grad)):
        w, g = layer[0].ravel(), slopes[0].ravel()
        moved = lr * np.sqrt(g @ g)
        steps.append(float("inf") if moved == 0 else np.sqrt(w @ w) / 100 / moved)
    return steps


@fails("steps", "biases and scales counted with the weights")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    lengths, pulls = (
        np.array([np.linalg.norm(np.concatenate([np.ravel(p) for p in part])) for part in parts])
        for parts in (model.layers(theta), model.layers(grad))
    )
    return 0.01 * lengths / (lr * pulls)


@fails("steps", "the learning rate forgotten")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            0.01 * np.linalg.norm(a.W) / np.linalg.norm(b.W)
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "upside down")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            lr * np.linalg.norm(b.W) / (0.01 * np.linalg.norm(a.W))
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "the whole length and not a hundredth")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            np.linalg.norm(a.W) / (lr * np.linalg.norm(b.W))
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "the squares of the lengths")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            0.01 * np.sum(a.W**2) / (lr * np.sum(b.W**2))
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "the last layer first, as in the backward pass")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    steps = [
        0.01 * np.linalg.norm(a.W) / (lr * np.linalg.norm(b.W))
        for a, b in zip(model.layers(theta), model.layers(grad))
    ]
    return np.array(steps[::-1])


@fails("steps", "a small number in the divisor, so never infinite")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            0.01 * np.linalg.norm(a.W) / (lr * np.linalg.norm(b.W) + 1e-12)
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "sums of the entries without squares")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            0.01 * np.abs(a.W).sum() / (lr * np.abs(b.W).sum())
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "the public test's answer, written down")
def steps_to_move(model, theta, X, y, lr):
    return np.array([0.24, 0.04])


@fails("steps", "the spectral norm, the largest stretch")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return np.array(
        [
            0.01 * np.linalg.norm(a.W, 2) / (lr * np.linalg.norm(b.W, 2))
            for a, b in zip(model.layers(theta), model.layers(grad))
        ]
    )


@fails("steps", "whole steps, rounded up")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    with np.errstate(divide="ignore"):
        return np.array(
            [
                np.ceil(0.01 * np.linalg.norm(a.W) / (lr * np.linalg.norm(b.W)))
                for a, b in zip(model.layers(theta), model.layers(grad))
            ]
        )


@fails("steps", "one number for the whole network")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    return 0.01 * np.linalg.norm(theta) / (lr * np.linalg.norm(grad))


@fails("steps", "the entries' mean of quotients")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    with np.errstate(divide="ignore"):
        return np.array(
            [
                np.mean(0.01 * np.abs(a.W) / (lr * np.abs(b.W)))
                for a, b in zip(model.layers(theta), model.layers(grad))
            ]
        )


@fails("steps", "weights scaled to length one in place: theta is changed")
def steps_to_move(model, theta, X, y, lr):
    grad = model.loss_and_grad(theta, X, y)[1]
    steps = []
    for layer, slopes in zip(model.layers(theta), model.layers(grad)):
        length, pull = np.linalg.norm(layer.W), np.linalg.norm(slopes.W)
        layer.W[...] /= length
        steps.append(0.01 * length / (lr * pull) if pull else np.inf)
    return np.array(steps)


# --- question 2 ---


@passes("chi", "on a grid, with the normal density")
def chi(slope, n, std, q):
    u = np.linspace(-8, 8, 4000)
    density = np.exp(-(u**2) / 2)
    squares = slope(q**0.5 * u) ** 2
    return n * std * std * float(np.sum(density * squares) / np.sum(density))


@passes("chi", "with random numbers that already have the variance q")
def chi(slope, n, std, q):
    z = np.random.default_rng(3).normal(0, np.sqrt(q), 400_000)
    return gd.formulas.theory.layer_factor(n, std**2, np.mean(np.square(slope(z))))


@fails("chi", "the slope not squared")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std**2 * np.mean(slope(np.sqrt(q) * u))


@fails("chi", "the square of the mean slope")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std**2 * np.mean(slope(np.sqrt(q) * u)) ** 2


@fails("chi", "q taken for a standard deviation")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std**2 * np.mean(slope(q * u) ** 2)


@fails("chi", "q not used")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std**2 * np.mean(slope(u) ** 2)


@fails("chi", "the standard deviation in place of the variance")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std * np.mean(slope(np.sqrt(q) * u) ** 2)


@fails("chi", "the width forgotten")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return std**2 * np.mean(slope(np.sqrt(q) * u) ** 2)


@fails("chi", "the slope at zero only")
def chi(slope, n, std, q):
    return n * std**2 * slope(np.zeros(1))[0] ** 2


@fails("chi", "uniform random numbers")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).uniform(-1, 1, 200_000)
    return n * std**2 * np.mean(slope(np.sqrt(q) * u) ** 2)


@fails("chi", "a grid without the density")
def chi(slope, n, std, q):
    u = np.linspace(-3, 3, 2001)
    return n * std**2 * np.mean(slope(np.sqrt(q) * u) ** 2)


@fails("chi", "the root of it: the factor of the length")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return np.sqrt(n * std**2 * np.mean(slope(np.sqrt(q) * u) ** 2))


@fails("chi", "a value for each draw")
def chi(slope, n, std, q):
    u = np.random.default_rng(0).normal(size=200_000)
    return n * std**2 * slope(np.sqrt(q) * u) ** 2


@fails("chi", "the public test's answers, written down")
def chi(slope, n, std, q):
    return {1.0: 0.5, 7.0: 1.0, 4.0: 4.0}[q]


# --- question 3 ---


@passes("predict", "layer by layer")
def predicted_ratio(n, std, kept, layers):
    square = 1.0
    for _ in range(2, layers + 1):
        square *= n * std * std * kept
    return np.sqrt(square)


@passes("predict", "by logarithms")
def predicted_ratio(n, std, kept, layers):
    each = np.log(n) + 2 * np.log(std) + np.log(kept)
    return np.exp(0.5 * (layers - 1) * each)


@fails("predict", "one factor too many")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** (layers / 2)


@fails("predict", "one factor too few")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** ((layers - 2) / 2)


@fails("predict", "the mean square in place of the length")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** (layers - 1)


@fails("predict", "last over first")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** (-(layers - 1) / 2)


@fails("predict", "the slope forgotten")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2) ** ((layers - 1) / 2)


@fails("predict", "the standard deviation in place of the variance")
def predicted_ratio(n, std, kept, layers):
    return (n * std * kept) ** ((layers - 1) / 2)


@fails("predict", "the mean squared slope squared once more")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept**2) ** ((layers - 1) / 2)


@fails("predict", "factors added, not multiplied")
def predicted_ratio(n, std, kept, layers):
    return np.sqrt((layers - 1) * n * std**2 * kept)


@fails("predict", "20 layers, whatever is asked")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** 9.5


@fails("predict", "the root with a whole-number division")
def predicted_ratio(n, std, kept, layers):
    return (n * std**2 * kept) ** ((layers - 1) // 2)


@fails("predict", "its power of ten and not the ratio")
def predicted_ratio(n, std, kept, layers):
    return (layers - 1) / 2 * np.log10(n * std**2 * kept)


@fails("predict", "the measured values, written down")
def predicted_ratio(n, std, kept, layers):
    return 1.0 if layers == 1 else 6e-24 if kept < 0.1 else 2e-15


# --- question 4 ---


@passes("start", "standard normal numbers, scaled")
def initial_weights(rng, fan_in, fan_out, rule):
    fans = {"xavier": (fan_in + fan_out) / 2, "he": fan_in / 2}
    if rule not in fans:
        raise ValueError("unknown rule")
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fans[rule])


@passes("start", "drawn the other way round and transposed")
def initial_weights(rng, fan_in, fan_out, rule):
    match rule:
        case "xavier":
            std = (2 / (fan_in + fan_out)) ** 0.5
        case "he":
            std = (2 / fan_in) ** 0.5
        case _:
            raise ValueError(rule)
    return std * rng.normal(size=(fan_out, fan_in)).T


@fails("start", "the variance given as the standard deviation")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return rng.normal(0, variance, (fan_in, fan_out))


@fails("start", "He by the outputs")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_out
    return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))


@fails("start", "Xavier by the inputs alone")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 1 / fan_in if rule == "xavier" else 2 / fan_in
    return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))


@fails("start", "the factor 2 of Xavier forgotten")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 1 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))


@fails("start", "the shape the other way round")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return rng.normal(0, np.sqrt(variance), (fan_out, fan_in))


@fails("start", "a generator of its own, with a fixed seed")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return np.random.default_rng(0).normal(0, np.sqrt(variance), (fan_in, fan_out))


@fails("start", "NumPy's global random numbers")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return np.random.randn(fan_in, fan_out) * np.sqrt(variance)


@fails("start", "uniform numbers of the right variance")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@fails("start", "uniform numbers from 0 to 1, scaled")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return rng.random((fan_in, fan_out)) * np.sqrt(12 * variance)


@fails("start", "an unknown rule gives He's weights")
def initial_weights(rng, fan_in, fan_out, rule):
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))


@fails("start", "the public tests' spread, written down")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    return rng.normal(0, 0.1 if rule == "xavier" else 0.2, (fan_in, fan_out))


@fails("start", "one row of numbers for all inputs")
def initial_weights(rng, fan_in, fan_out, rule):
    if rule not in ("xavier", "he"):
        raise ValueError(rule)
    variance = 2 / (fan_in + fan_out) if rule == "xavier" else 2 / fan_in
    return np.tile(rng.normal(0, np.sqrt(variance), fan_out), fan_in)


# --- question 5 ---


@passes("around", "with the Jacobian of each example")
def residual_back(g, Ws, zs, slope, alpha):
    rows = []
    for i in range(len(g)):
        row = np.asarray(g[i], dtype=float)
        for layer in range(len(Ws) - 1, -1, -1):
            jacobian = np.diag(slope(zs[layer])[i]) @ Ws[layer].T
            row = row @ (np.eye(len(row)) + alpha * jacobian)
        rows.append(row)
    return np.array(rows)


@passes("around", "by recursion")
def residual_back(g, Ws, zs, slope, alpha):
    if len(Ws) == 0:
        return g
    through = np.einsum("nj,nj,ij->ni", g, slope(zs[-1]), Ws[-1])
    return residual_back(g + alpha * through, Ws[:-1], zs[:-1], slope, alpha)


@fails("around", "from the first layer to the last")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws, zs):
        g = g + alpha * (g * slope(z)) @ W.T
    return g


@fails("around", "the weights not transposed")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = g + alpha * (g * slope(z)) @ W
    return g


@fails("around", "no way around")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = alpha * (g * slope(z)) @ W.T
    return g


@fails("around", "g changed in place")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g += alpha * (g * slope(z)) @ W.T
    return g


@fails("around", "alpha forgotten")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = g + (g * slope(z)) @ W.T
    return g


@fails("around", "alpha on both ways")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = alpha * (g + (g * slope(z)) @ W.T)
    return g


@fails("around", "the slope after the weights")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = g + alpha * (g @ W.T) * slope(z)
    return g


@fails("around", "the slope forgotten")
def residual_back(g, Ws, zs, slope, alpha):
    for W in Ws[::-1]:
        g = g + alpha * g @ W.T
    return g


@fails("around", "the last layer left out")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[-2::-1], zs[-2::-1]):
        g = g + alpha * (g * slope(z)) @ W.T
    return g


@fails("around", "one way around the whole stack")
def residual_back(g, Ws, zs, slope, alpha):
    through = g
    for W, z in zip(Ws[::-1], zs[::-1]):
        through = alpha * (through * slope(z)) @ W.T
    return g + through


@fails("around", "the paths with one branch only")
def residual_back(g, Ws, zs, slope, alpha):
    total = g
    for W, z in zip(Ws, zs):
        total = total + alpha * (g * slope(z)) @ W.T
    return total


@fails("around", "the lists reversed for the caller, too")
def residual_back(g, Ws, zs, slope, alpha):
    Ws.reverse()
    zs.reverse()
    for W, z in zip(Ws, zs):
        g = g + alpha * (g * slope(z)) @ W.T
    return g


@fails("around", "the mean over the examples")
def residual_back(g, Ws, zs, slope, alpha):
    for W, z in zip(Ws[::-1], zs[::-1]):
        g = g + alpha * (g * slope(z)) @ W.T
    return g / len(g)


# --- question 6 ---


@passes("back", "through mean and variance, one after the other")
def normalise_back(G, t, gamma, eps, axis):
    m = t.shape[axis]
    mean = t.mean(axis=axis, keepdims=True)
    var = ((t - mean) ** 2).mean(axis=axis, keepdims=True)
    u = (t - mean) * (var + eps) ** -0.5
    du = G * gamma
    dvar = np.sum(du * (t - mean), axis=axis, keepdims=True) * -0.5 * (var + eps) ** -1.5
    dmean = -np.sum(du, axis=axis, keepdims=True) * (var + eps) ** -0.5
    dt = du * (var + eps) ** -0.5 + dvar * 2 * (t - mean) / m + dmean / m
    return dt, (G * u).sum(axis=0), G.sum(axis=0)


@passes("back", "with a loop, and a transposition for the other axis")
def normalise_back(G, t, gamma, eps, axis):
    du = np.asarray(G) * gamma
    flip = (lambda a: a.T) if axis == 1 else (lambda a: a)
    columns, pulls = flip(np.asarray(t)), flip(du)
    dt, units = np.zeros(columns.shape), np.zeros(columns.shape)
    for j in range(columns.shape[1]):
        x, g = columns[:, j], pulls[:, j]
        R = np.sqrt(x.var() + eps)
        u = (x - x.mean()) / R
        J = (np.eye(len(x)) - 1 / len(x) - np.outer(u, u) / len(x)) / R
        dt[:, j], units[:, j] = J @ g, u
    return flip(dt), np.sum(G * flip(units), axis=0), np.sum(G, axis=0)


@fails("back", "the chapter's formula with gamma in front, along both axes")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (G, G * u))
    return gamma / R * (G - mean - u * along), (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "mean and variance taken for constants")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    return gamma * G / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "the variance taken for a constant")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    return (du - du.mean(axis=axis, keepdims=True)) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "axis 0 whatever is asked")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=0) + eps)
    u = (t - t.mean(axis=0)) / R
    du = gamma * G
    dt = (du - du.mean(axis=0) - u * (du * u).mean(axis=0)) / R
    return dt, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "means over all numbers of the batch")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var() + eps)
    u = (t - t.mean()) / R
    du = gamma * G
    dt = (du - du.mean() - u * (du * u).mean()) / R
    return dt, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "the slopes by gamma and beta summed along the axis")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).sum(axis=axis), G.sum(axis=axis)


@fails("back", "means in place of sums for gamma and beta")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).mean(axis=0), G.mean(axis=0)


@fails("back", "gamma forgotten")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (G, G * u))
    return (G - mean - u * along) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "eps forgotten")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True))
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "eps outside the root")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True)) + eps
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "the variance with n - 1")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, ddof=1, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "divided by the variance and not by its root")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R**2, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "sums in place of means in the bracket")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.sum(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * u).sum(axis=0), G.sum(axis=0)


@fails("back", "the slope by gamma with t in place of the normalised values")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    du = gamma * G
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (du, du * u))
    return (du - mean - u * along) / R, (G * t).sum(axis=0), G.sum(axis=0)


@fails("back", "G multiplied by gamma in place")
def normalise_back(G, t, gamma, eps, axis):
    R = np.sqrt(t.var(axis=axis, keepdims=True) + eps)
    u = (t - t.mean(axis=axis, keepdims=True)) / R
    dgamma, dbeta = (G * u).sum(axis=0), G.sum(axis=0)
    G *= gamma
    mean, along = (a.mean(axis=axis, keepdims=True) for a in (G, G * u))
    return (G - mean - u * along) / R, dgamma, dbeta


@fails("back", "differences in place of the formula")
def normalise_back(G, t, gamma, eps, axis):
    dt = np.zeros_like(t)
    for place in np.ndindex(t.shape):
        ends = []
        for h in (1e-5, -1e-5):
            moved = t.copy()
            moved[place] += h
            ends.append(np.sum(G * normalise(moved, gamma, 0.0, eps, axis)))
        dt[place] = (ends[0] - ends[1]) / 2e-5
    u = normalise(t, 1.0, 0.0, eps, axis)
    return dt, np.sum(G * u, axis=0), np.sum(G, axis=0)


# --- question 7 ---


@passes("mend", "the small weights with a small rate, and tanh with He's weights and clipping")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "tanh", "init": "he", "init_scale": 1, "lr": 0.03, "clip_norm": 1.0}


@passes("mend", "batch normalisation, and all settings named")
def mend(case):
    now = dict(BROKEN)
    now["init"], now["init_scale"] = "xavier", 1.0
    if case == "sigmoid":
        now["batch_norm"], now["lr"] = True, 0.02
    else:
        now["activation"], now["init"], now["lr"] = "tanh", "orthogonal", 0.01
    return now


@passes("mend", "He's weights for both, at two rates")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "init": "he", "init_scale": 1.0}
    return {"activation": "tanh", "init": "he", "init_scale": 1.0, "lr": 0.02}


@passes("mend", "normal weights of the standard deviation 1/4")
def mend(case):
    start = {"init": "normal", "init_scale": 0.25, "lr": 0.01}
    return start | ({"batch_norm": True} if case == "sigmoid" else {"activation": "tanh"})


@fails("mend", "batch normalisation at the old rate, with the small weights")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True}
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0, "lr": 0.02}


@fails("mend", "Xavier's weights for the sigmoid")
def mend(case):
    if case == "sigmoid":
        return {"init": "xavier", "init_scale": 1.0}
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0, "lr": 0.02}


@fails("mend", "clipping alone")
def mend(case):
    return {"clip_norm": 1.0}


@fails("mend", "a larger learning rate alone")
def mend(case):
    return {"lr": 10.0}


@fails("mend", "ReLU alone for the plain network")
def mend(case):
    return {"batch_norm": True, "lr": 0.005} if case == "sigmoid" else {"activation": "relu"}


@fails("mend", "ReLU with He's weights for the plain network, at the old rate")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "relu", "init": "he", "init_scale": 1.0}


@fails("mend", "ReLU with Xavier's weights")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "relu", "init": "xavier", "init_scale": 1.0, "lr": 0.02}


@fails("mend", "tanh with the small weights")
def mend(case):
    return {"batch_norm": True, "lr": 0.005} if case == "sigmoid" else {"activation": "tanh"}


@fails("mend", "tanh with orthogonal weights at the old rate")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0}


@fails("mend", "named weights, but scaled by 0.05 as before")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "tanh", "init": "orthogonal", "lr": 0.02}


@fails("mend", "the residual connections of the chapter for the sigmoid")
def mend(case):
    if case == "sigmoid":
        return {"residual": True}
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0, "lr": 0.02}


@fails("mend", "a residual connection for the plain network")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"residual": True}


@fails("mend", "one cure for both, which the plain network must not have")
def mend(case):
    return {"batch_norm": True, "lr": 0.005}


@fails("mend", "another activation where the sigmoid must stay")
def mend(case):
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0, "lr": 0.02}


@fails("mend", "the given settings changed")
def mend(case):
    now = BROKEN
    now["batch_norm"], now["lr"] = case == "sigmoid", 0.01
    return now


@fails("mend", "straight lines")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"activation": "identity", "init": "orthogonal", "init_scale": 1.0, "lr": 0.01}


@fails("mend", "a setting that there is not: another depth")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "lr": 0.005}
    return {"sizes": (64, 24, 10), "activation": "tanh", "init": "xavier", "init_scale": 1.0}


@fails("mend", "the small weights at the old rate, with clipping")
def mend(case):
    if case == "sigmoid":
        return {"batch_norm": True, "clip_norm": 1.0}
    return {"activation": "tanh", "init": "orthogonal", "init_scale": 1.0, "lr": 0.02}
