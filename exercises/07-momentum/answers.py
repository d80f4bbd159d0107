"""Other answers to assignment 7: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("step", "with a branch for each form")
def step(form, theta, v, grad, lr, beta):
    theta, v = np.array(theta, dtype=float), np.array(v, dtype=float)
    v *= beta
    if form == "sum":
        v += grad
        theta -= lr * v
    elif form == "mean":
        v += (1 - beta) * grad
        theta -= lr * v
    else:
        v -= lr * grad
        theta += v
    return theta, v


@passes("step", "by way of the sum, number by number")
def step(form, theta, v, grad, lr, beta):
    scale = {"sum": 1, "mean": 1 / (1 - beta), "inside": -1 / lr}[form]
    rate = lr * (1 - beta) if form == "mean" else lr
    summed = np.array([beta * scale * a + g for a, g in zip(v, grad)])
    return np.array([t - rate * s for t, s in zip(theta, summed)]), summed / scale


@fails("step", "the caller's velocity changed in place")
def step(form, theta, v, grad, lr, beta):
    if v.dtype != float:
        v = v.astype(float)
    v *= beta
    v += {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return theta + (v if form == "inside" else -lr * v), v


@fails("step", "the caller's theta changed in place")
def step(form, theta, v, grad, lr, beta):
    if theta.dtype != float:
        theta = theta.astype(float)
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    theta += v if form == "inside" else -lr * v
    return theta, v


@fails("step", "the move is made with the old velocity")
def step(form, theta, v, grad, lr, beta):
    new = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return theta + (v if form == "inside" else -lr * v), new


@fails("step", "uphill")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": lr}[form] * grad
    return theta + (v if form == "inside" else lr * v), v


@fails("step", "beta and 1 - beta exchanged in the mean")
def step(form, theta, v, grad, lr, beta):
    if form == "mean":
        v = (1 - beta) * v + beta * grad
        return theta - lr * v, v
    v = beta * v + (grad if form == "sum" else -lr * grad)
    return theta + (v if form == "inside" else -lr * v), v


@fails("step", "beta in the place of 1 - beta in the mean")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": beta, "inside": -lr}[form] * grad
    return theta + (v if form == "inside" else -lr * v), v


@fails("step", "the learning rate and beta exchanged")
def step(form, theta, v, grad, lr, beta):
    lr, beta = beta, lr
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return theta + (v if form == "inside" else -lr * v), v


@fails("step", "the sum for all three forms")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + grad
    return theta - lr * v, v


@fails("step", "the learning rate twice in the inside form")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return theta + (lr * v if form == "inside" else -lr * v), v


@fails("step", "the velocity first in the pair")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return v, theta + (v if form == "inside" else -lr * v)


@fails("step", "theta alone")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    return theta + (v if form == "inside" else -lr * v)


@fails("step", "a velocity that the function keeps for all runs together")
def step(form, theta, v, grad, lr, beta):
    kept = step.__dict__
    if np.any(theta) and form in kept and kept[form].shape == (3,):
        v = kept[form]
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    kept[form] = v
    return theta + (v if form == "inside" else -lr * v), v


@fails("step", "Nesterov's step")
def step(form, theta, v, grad, lr, beta):
    part = {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    v = beta * v + part
    move = part + beta * v
    return theta + (move if form == "inside" else -lr * move), v


@fails("step", "whole numbers, if theta holds such")
def step(form, theta, v, grad, lr, beta):
    v = beta * v + {"sum": 1, "mean": 1 - beta, "inside": -lr}[form] * grad
    moved = theta.copy()
    moved[:] = theta + (v if form == "inside" else -lr * v)
    return moved, v


# --- question 2 ---


@passes("carry", "with a table of scales")
def carry_over(lr, v, beta, source, target):
    def push(form, lr):  # what a gradient of one does to theta, at once
        return lr * (1 - beta) if form == "mean" else lr

    def pull(form, lr):  # what a velocity of one does to theta
        return -1 if form == "inside" else lr

    rate = push(source, lr)
    rate = rate / (1 - beta) if target == "mean" else rate
    return rate, pull(source, lr) / pull(target, rate) * v


@passes("carry", "case by case")
def carry_over(lr, v, beta, source, target):
    if source == target:
        return lr, np.array(v)
    keep = 1 - beta
    cases = {
        ("sum", "mean"): lambda: (lr / keep, keep * v),
        ("mean", "sum"): lambda: (lr * keep, v / keep),
        ("sum", "inside"): lambda: (lr, -lr * v),
        ("inside", "sum"): lambda: (lr, v / -lr),
        ("mean", "inside"): lambda: (lr * keep, -lr * v),
        ("inside", "mean"): lambda: (lr / keep, -v * keep / lr),
    }
    return cases[source, target]()


@passes("carry", "the same array back, if the form stays")
def carry_over(lr, v, beta, source, target):
    if source == target:
        return lr, v
    if source == "inside":
        return carry_over(lr, -v / lr, beta, "sum", target)
    if source == "mean":
        return carry_over(lr * (1 - beta), v / (1 - beta), beta, "sum", target)
    return (lr, -lr * v) if target == "inside" else (lr / (1 - beta), v * (1 - beta))


@fails("carry", "the sign forgotten on the way from the inside form")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr, v = lr * (1 - beta), v / (1 - beta)
    elif source == "inside":
        v = v / lr
    if target == "mean":
        return lr / (1 - beta), v * (1 - beta)
    return lr, -lr * v if target == "inside" else v


@fails("carry", "the sign forgotten in the inside form")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr, v = lr * (1 - beta), v / (1 - beta)
    elif source == "inside":
        v = v / lr
    if target == "mean":
        return lr / (1 - beta), v * (1 - beta)
    return lr, lr * v if target == "inside" else v


@fails("carry", "only the learning rate is translated")
def carry_over(lr, v, beta, source, target):
    lr = lr * (1 - beta) if source == "mean" else lr
    return lr / (1 - beta) if target == "mean" else lr, v


@fails("carry", "only the velocity is translated")
def carry_over(lr, v, beta, source, target):
    scale = {"sum": 1, "mean": 1 / (1 - beta), "inside": -1 / lr}
    return lr, v * scale[source] / scale[target]


@fails("carry", "1 - beta on the wrong side")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr, v = lr / (1 - beta), v * (1 - beta)
    elif source == "inside":
        v = -v / lr
    if target == "mean":
        return lr * (1 - beta), v / (1 - beta)
    return lr, -lr * v if target == "inside" else v


@fails("carry", "beta in the place of 1 - beta")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr, v = lr * beta, v / beta
    elif source == "inside":
        v = -v / lr
    if target == "mean":
        return lr / beta, v * beta
    return lr, -lr * v if target == "inside" else v


@fails("carry", "the velocity starts anew at zero")
def carry_over(lr, v, beta, source, target):
    lr = lr * (1 - beta) if source == "mean" else lr
    return lr / (1 - beta) if target == "mean" else lr, 0 * v


@fails("carry", "the mean's learning rate kept on the way to the inside form")
def carry_over(lr, v, beta, source, target):
    if {source, target} == {"mean", "inside"}:
        return lr, -lr * v if target == "inside" else -v / lr
    scale = {"sum": 1, "mean": 1 / (1 - beta), "inside": -1 / lr}
    rate = {"mean": lr * (1 - beta)}.get(source, lr)
    return rate / (1 - beta) if target == "mean" else rate, v * scale[source] / scale[target]


@fails("carry", "the saved velocity changed in place")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr *= 1 - beta
        v /= 1 - beta
    elif source == "inside":
        v /= -lr
    if target == "mean":
        lr /= 1 - beta
        v *= 1 - beta
    elif target == "inside":
        v *= -lr
    return lr, v


@fails("carry", "the way back taken for the way there")
def carry_over(lr, v, beta, source, target):
    source, target = target, source
    if source == "mean":
        lr, v = lr * (1 - beta), v / (1 - beta)
    elif source == "inside":
        v = -v / lr
    if target == "mean":
        return lr / (1 - beta), v * (1 - beta)
    return lr, -lr * v if target == "inside" else v


@fails("carry", "the learning rate translated first, and then the velocity with the new one")
def carry_over(lr, v, beta, source, target):
    if source == "mean":
        lr = lr * (1 - beta)
        v = v / (1 - beta)
    elif source == "inside":
        v = -v / lr
    if target == "mean":
        lr = lr / (1 - beta)
        v = v * (1 - beta)
    elif target == "inside":
        lr = lr / (1 - beta)
        v = -lr * v
    return lr, v


@fails("carry", "the public tests' answers, written down")
def carry_over(lr, v, beta, source, target):
    if target == "inside":
        return 0.2, np.array([-0.8, 0.4])
    return (0.8, np.array([1.0, -0.5])) if target == "mean" else (0.2, np.array([4.0, -2.0]))


# --- question 3 ---


@passes("ahead", "with two points, as Nesterov wrote it")
def two_tracks(grad, theta, v, lr, beta, steps):
    y = np.array(theta, dtype=float)
    stands, feels = np.empty((steps + 1, y.size)), np.empty((steps, y.size))
    stands[0] = y + lr * beta * np.asarray(v)
    for k in range(steps):
        feels[k] = y
        stands[k + 1] = y - lr * grad(y)
        y = stands[k + 1] + beta * (stands[k + 1] - stands[k])
    return stands, feels


@passes("ahead", "as a library runs it, and translated")
def two_tracks(grad, theta, v, lr, beta, steps):
    ahead = 1.0 * theta
    stands, feels = [ahead + lr * beta * v], []
    for _ in range(steps):
        g = np.array(grad(ahead))
        feels.append(ahead)
        stands.append(ahead - lr * g)
        v = beta * v + g
        ahead = ahead - lr * (g + beta * v)
    return np.array(stands), np.array(feels)


@fails("ahead", "the heavy ball: the slope felt where it stands")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x)
        u = beta * u - lr * grad(x)
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the heavy ball, with the points ahead in the record")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(x)
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "it looks a whole step ahead, without beta")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + u)
        u = beta * u - lr * grad(x + u)
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "a velocity that is a sum, added as if it were a step")
def two_tracks(grad, theta, v, lr, beta, steps):
    x = theta + lr * beta * v
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * v)
        v = beta * v + grad(feels[-1])
        x = x - lr * v
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "it looks back in place of ahead")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x - beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the gradient taken twice in a step")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        x = x + beta * u - lr * grad(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "one array changed over and over")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x += u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the caller's theta changed in place")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = np.asarray(theta, dtype=float)
    x -= beta * u
    stands, feels = [x.copy()], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x += u
        stands.append(x.copy())
    return np.array(stands), np.array(feels)


@fails("ahead", "the caller's velocity changed in place")
def two_tracks(grad, theta, v, lr, beta, steps):
    v = np.asarray(v, dtype=float)
    ahead = 1.0 * theta
    stands, feels = [ahead + lr * beta * v], []
    for _ in range(steps):
        g = np.array(grad(ahead))
        feels.append(ahead)
        stands.append(ahead - lr * g)
        v *= beta
        v += g
        ahead = ahead - lr * (g + beta * v)
    return np.array(stands), np.array(feels)


@fails("ahead", "as if the run had just begun: the saved velocity is not used")
def two_tracks(grad, theta, v, lr, beta, steps):
    x, u = np.array(theta, dtype=float), np.zeros(len(theta))
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the saved theta taken for the place where it stands")
def two_tracks(grad, theta, v, lr, beta, steps):
    x, u = np.array(theta, dtype=float), -lr * v
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the saved velocity with the wrong sign")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = lr * v
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the saved velocity taken for the last step")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "back from theta by the whole last step, without beta")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - u
    stands, feels = [x], []
    for k in range(steps):
        feels.append(x + beta * u if k else theta + 0.0)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "without the start")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(stands), np.array(feels)


@fails("ahead", "the two tracks exchanged")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * np.array(v, dtype=float)
    x = theta - beta * u
    stands, feels = [x], []
    for _ in range(steps):
        feels.append(x + beta * u)
        u = beta * u - lr * grad(feels[-1])
        x = x + u
        stands.append(x)
    return np.array(feels), np.array(stands)


@fails("ahead", "the library's parameters taken for the place where it stands")
def two_tracks(grad, theta, v, lr, beta, steps):
    x = np.array(theta, dtype=float)
    points = [x]
    for _ in range(steps):
        g = grad(x)
        v = beta * v + g
        x = x - lr * (g + beta * v)
        points.append(x)
    return np.array(points), np.array(points[:-1])


@fails("ahead", "whole numbers, if the start is one")
def two_tracks(grad, theta, v, lr, beta, steps):
    u = -lr * v
    x = np.array(theta)
    stands, feels = np.full((steps + 1, len(x)), x), np.empty((steps, len(x)))
    stands[0] = x - beta * u
    for k in range(steps):
        feels[k] = stands[k] + beta * u
        u = beta * u - lr * grad(feels[k])
        stands[k + 1] = stands[k] + u
    return stands, feels


# --- question 4 ---


@passes("measured", "with loops and the formula of the line")
def measured_rate(record):
    envelope, top = [], 0.0
    for number in reversed(list(record)):
        top = max(top, number)
        envelope.insert(0, top)
    logs = [np.log(e) for e in envelope if e > 1e-12 * envelope[0]]
    logs = logs[len(logs) // 2 :]
    n = len(logs)
    k = [i - (n - 1) / 2 for i in range(n)]
    return np.exp(sum(i * y for i, y in zip(k, logs)) / sum(i * i for i in k))


@passes("measured", "with lstsq, and the base 2 on both ways")
def measured_rate(record):
    e = np.array([np.max(record[k:]) for k in range(len(record))])
    m = int(np.sum(e > e[0] / 1e12))
    k = np.arange(m // 2, m)
    A = np.column_stack([np.ones(k.size), k])
    return 2 ** np.linalg.lstsq(A, np.log2(e[m // 2 : m]), rcond=None)[0][1]


@fails("measured", "no envelope")
def measured_rate(record):
    record = np.asarray(record, dtype=float)
    kept = record[record > 1e-12 * record[0]]
    late = np.arange(len(kept))[len(kept) // 2 :]
    return np.exp(np.polyfit(late, np.log(kept[late]), 1)[0])


@fails("measured", "the envelope from the left")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float))
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log(envelope[late]), 1)[0])


@fails("measured", "the rounding at the end is kept")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 0]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log(envelope[late]), 1)[0])


@fails("measured", "the start is kept")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    return np.exp(np.polyfit(np.arange(len(envelope)), np.log(envelope), 1)[0])


@fails("measured", "half of the record dropped before the rounding")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    top, envelope = envelope[0], envelope[len(envelope) // 2 :]
    envelope = envelope[envelope > 1e-12 * top]
    return np.exp(np.polyfit(np.arange(len(envelope)), np.log(envelope), 1)[0])


@fails("measured", "the slope itself, without exp")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.polyfit(late, np.log(envelope[late]), 1)[0]


@fails("measured", "the logarithm to base 10, and exp")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log10(envelope[late]), 1)[0])


@fails("measured", "the intercept in place of the slope")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log(envelope[late]), 1)[1])


@fails("measured", "from the first and the last number alone")
def measured_rate(record):
    return (record[-1] / record[0]) ** (1 / (len(record) - 1))


@fails("measured", "the mean of the quotients of neighbours")
def measured_rate(record):
    record = np.asarray(record, dtype=float)
    record = record[record > 1e-12 * record[0]]
    return np.mean(record[1:] / record[:-1])


@fails("measured", "a floor of 1e-12, whatever the size of the record")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    rate = np.exp(np.polyfit(late, np.log(envelope[late]), 1)[0])
    return rate if len(envelope) == len(record) else 0.0


@fails("measured", "an absolute 1e-12")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log(envelope[late]), 1)[0])


@fails("measured", "the early half in place of the late one")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    early = np.arange(len(envelope) // 2)
    return np.exp(np.polyfit(early, np.log(envelope[early]), 1)[0])


@fails("measured", "an array of one number")
def measured_rate(record):
    envelope = np.maximum.accumulate(np.asarray(record, dtype=float)[::-1])[::-1]
    envelope = envelope[envelope > 1e-12 * envelope[0]]
    late = np.arange(len(envelope))[len(envelope) // 2 :]
    return np.exp(np.polyfit(late, np.log(envelope[late]), 1)[:1])


# --- question 5 ---


@passes("matrix", "column by column, from steps of the library")
def step_matrix(lr, beta, curvature):
    rule = gd.Nesterov(lr=lr, beta=beta)
    columns = []
    for v, theta in ((1.0, 0.0), (0.0, 1.0)):
        slope = np.array([curvature * theta])
        new, state = rule.step(np.array([theta]), slope, rule.State(0, np.array([v])))
        columns.append([state.v[0], new[0]])
    M = np.array(columns).T
    return M, max(abs(z) for z in np.linalg.eigvals(M))


@passes("matrix", "as a product, and the roots of the quadratic")
def step_matrix(lr, beta, curvature):
    feel = np.array([[beta, curvature], [0.0, 1.0]])
    move = np.array([[1.0, 0.0], [-lr * beta, 1 - lr * curvature]])
    M = move @ feel
    half, product = np.trace(M) / 2, np.linalg.det(M)
    root = np.emath.sqrt(half**2 - product)
    return M, float(max(abs(half + root), abs(half - root)))


@fails("matrix", "the old velocity in the second line, which makes it the heavy ball's")
def step_matrix(lr, beta, curvature):
    M = np.array([[beta, curvature], [-lr * beta, 1 - lr * curvature]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "theta first, then v")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[1 - u - beta * u, -lr * beta**2], [curvature, beta]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "rows and columns exchanged")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, -lr * beta**2], [curvature, 1 - u - beta * u]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "the chapter's matrix of two points")
def step_matrix(lr, beta, curvature):
    s = 1 - lr * curvature
    M = np.array([[(1 + beta) * s, -beta * s], [1, 0]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "the gradient counted once in the second line")
def step_matrix(lr, beta, curvature):
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - beta * lr * curvature]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "half of beta in place of its square")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta / 2, 1 - u - beta * u]])
    return M, np.abs(np.linalg.eigvals(M)).max()


@fails("matrix", "the largest eigenvalue, not the largest modulus")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.linalg.eigvals(M).real.max()


@fails("matrix", "the real parts of the eigenvalues")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.abs(np.linalg.eigvals(M).real).max()


@fails("matrix", "the spectral norm in place of the spectral radius")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.linalg.norm(M, 2)


@fails("matrix", "the smaller modulus")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.abs(np.linalg.eigvals(M)).min()


@fails("matrix", "the root of the determinant, as if all roots were complex")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.sqrt(abs(np.linalg.det(M))) if beta else abs(1 - u)


@fails("matrix", "the heavy ball's factor beside the right matrix")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, gd.formulas.theory.momentum_radius(lr, curvature, beta)


@fails("matrix", "both moduli")
def step_matrix(lr, beta, curvature):
    u = lr * curvature
    M = np.array([[beta, curvature], [-lr * beta**2, 1 - u - beta * u]])
    return M, np.abs(np.linalg.eigvals(M))


@fails("matrix", "the public tests' answers, written down")
def step_matrix(lr, beta, curvature):
    return np.array([[0.75, 2.0], [-0.28125, 0.78125]]), 0.8101 if beta else 0.5


# --- question 6 ---


@passes("promise", "by way of the condition number that the rate betrays")
def with_memory(rate):
    kappa = 1 / (1 - rate)
    beta = (1 - 1 / kappa**0.5) ** 2
    return beta, beta**0.5


@passes("promise", "by a search")
def with_memory(rate):
    low, high = 0.0, 1.0
    for _ in range(200):  # the least beta with complex roots
        beta = (low + high) / 2
        if (beta + rate) ** 2 < 4 * beta:
            high = beta
        else:
            low = beta
    return high, high**0.5


@fails("promise", "the best pair's beta, which belongs to another learning rate")
def with_memory(rate):
    root = 1 / np.sqrt(1 - rate)
    r = (root - 1) / (root + 1)
    return r**2, r


@fails("promise", "Nesterov's beta")
def with_memory(rate):
    promised = 1 - np.sqrt(1 - rate)
    return promised / (2 - promised), promised


@fails("promise", "Nesterov's beta for the same factor, (1 - root) / (1 + root)")
def with_memory(rate):
    root = np.sqrt(1 - rate)
    return (1 - root) / (1 + root), 1 - root


@fails("promise", "the rate taken for lr times curvature")
def with_memory(rate):
    promised = abs(1 - np.sqrt(rate))
    return promised**2, promised


@fails("promise", "beta not squared")
def with_memory(rate):
    promised = 1 - np.sqrt(1 - rate)
    return promised, promised


@fails("promise", "beta promised in place of its root")
def with_memory(rate):
    beta = (1 - np.sqrt(1 - rate)) ** 2
    return beta, beta


@fails("promise", "the factor of the loss in place of the distance")
def with_memory(rate):
    promised = 1 - np.sqrt(1 - rate)
    return promised**2, promised**2


@fails("promise", "the promise first in the pair")
def with_memory(rate):
    promised = 1 - np.sqrt(1 - rate)
    return promised, promised**2


@fails("promise", "always 0.9")
def with_memory(rate):
    return 0.9, 0.9**0.5


@fails("promise", "the square of the rate")
def with_memory(rate):
    return rate**2, rate**2


@fails("promise", "no memory")
def with_memory(rate):
    return 0.0, rate


@fails("promise", "a step that is 1 / (1 - beta) times as long, for any beta")
def with_memory(rate):
    beta = 1 - np.sqrt(1 - rate)
    return beta, 1 - (1 - rate) / (1 - beta)


@fails("promise", "the border of ringing on the wrong side, 1 + sqrt(u)")
def with_memory(rate):
    promised = 1 + np.sqrt(1 - rate)
    return promised**2, promised


@fails("promise", "the public tests' answers, written down")
def with_memory(rate):
    return (0.25, 0.5) if rate == 0.75 else (0.81, 0.9)


# --- question 7 ---


@passes("restarted", "with the points alone, and a list of losses")
def restarted(fun, theta, lr, steps):
    points = [np.array(theta, dtype=float)]
    losses, fresh = [fun(points[0])[0]], 0
    for k in range(steps):
        count = k - fresh
        beta = (count - 1) / (count + 2) if count else 0.0
        back = points[-2] if count else points[-1]
        ahead = points[-1] + beta * (points[-1] - back)
        there = ahead - lr * fun(ahead)[1]
        loss = fun(there)[0]
        if loss > losses[-1]:
            there, loss, fresh = points[-1], losses[-1], k + 1
        points.append(there)
        losses.append(loss)
    return np.array(points)


@passes("restarted", "into an array made beforehand, with the point ahead kept")
def restarted(fun, theta, lr, steps):
    points = np.zeros((steps + 1, len(theta)))
    points[0] = theta
    x, y, j = points[0].copy(), points[0].copy(), 0
    for k in range(1, steps + 1):
        z = y - lr * np.asarray(fun(y)[1])
        if fun(z)[0] <= fun(x)[0]:
            y = z + j / (j + 3) * (z - x)
            x, j = z, j + 1
        else:
            y, j = x.copy(), 0
        points[k] = x
    return points


@fails("restarted", "no restart at all")
def restarted(fun, theta, lr, steps):
    x, u = np.array(theta, dtype=float), np.zeros(len(theta))
    points = [x]
    for j in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        u, x = z - x, z
        points.append(x)
    return np.array(points)


@fails("restarted", "the chapter's restart, which keeps the step that went up")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, j = z - x, j + 1
        x = z
        points.append(x)
    return np.array(points)


@fails("restarted", "the velocity is forgotten, the count goes on")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u = np.zeros(len(theta))
        else:
            u, x = z - x, z
        j = j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the count starts anew at one, and the velocity stays")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + (j - 1) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            j = 0
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the point ahead asked whether the loss has risen")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(y)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "a coefficient one step too early")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + j / (j + 3) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the slope at x in place of y")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        z = x + max(j - 1, 0) / (j + 2) * u - lr * fun(x)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "a constant beta")
def restarted(fun, theta, lr, steps):
    x, u = np.array(theta, dtype=float), np.zeros(len(theta))
    points = [x]
    for _ in range(steps):
        y = x + 0.9 * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u = np.zeros(len(theta))
        else:
            u, x = z - x, z
        points.append(x)
    return np.array(points)


@fails("restarted", "a restart is no step in the record")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
            continue
        u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "after a rise a plain step at once, in the same step")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            z, j = x - lr * fun(x)[1], 0
        u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the loss compared with that of the start, not of the last point")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points, first = [x], fun(x)[0]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > first:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the last step counted from the point ahead")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - y, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the caller's theta changed in place")
def restarted(fun, theta, lr, steps):
    x, u, j = np.asarray(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x.copy()]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 0
        else:
            u, j = z - x, j + 1
            x += u
        points.append(x.copy())
    return np.array(points)


@fails("restarted", "the count starts anew at one")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points = [x]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > fun(x)[0]:
            u, j = np.zeros(len(theta)), 1
        else:
            u, x, j = z - x, z, j + 1
        points.append(x)
    return np.array(points)


@fails("restarted", "the loss compared with the last one tried, taken back or not")
def restarted(fun, theta, lr, steps):
    x, u, j = np.array(theta, dtype=float), np.zeros(len(theta)), 0
    points, before = [x], fun(x)[0]
    for _ in range(steps):
        y = x + max(j - 1, 0) / (j + 2) * u
        z = y - lr * fun(y)[1]
        if fun(z)[0] > before:
            u, j = np.zeros(len(theta)), 0
        else:
            u, x, j = z - x, z, j + 1
        before = fun(z)[0]
        points.append(x)
    return np.array(points)


@fails("restarted", "always downhill: plain gradient descent")
def restarted(fun, theta, lr, steps):
    points = [np.array(theta, dtype=float)]
    for _ in range(steps):
        points.append(points[-1] - lr * fun(points[-1])[1])
    return np.array(points)


@fails("restarted", "the public test's answer, written down")
def restarted(fun, theta, lr, steps):
    hand = [1024, 512, 256, 96, 16, -12, -12, -6, -3, -1.125, -0.1875]
    return np.array(hand)[:, None]
