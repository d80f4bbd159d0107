"""Other answers to assignment 6: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("sweep", "with geomspace")
def sweep_rates(lr_min, lr_max, steps):
    return np.geomspace(lr_min, lr_max, steps)


@passes("sweep", "by logarithms, in a list")
def sweep_rates(lr_min, lr_max, steps):
    low, high = np.log10(lr_min), np.log10(lr_max)
    return [10 ** (low + (high - low) * k / (steps - 1)) for k in range(steps)]


@passes("sweep", "by repeated multiplication")
def sweep_rates(lr_min, lr_max, steps):
    growth = (lr_max / lr_min) ** (1 / (steps - 1))
    rates = np.full(steps, growth)
    rates[0] = lr_min
    return np.cumprod(rates)


@fails("sweep", "a straight line")
def sweep_rates(lr_min, lr_max, steps):
    return np.linspace(lr_min, lr_max, steps)


@fails("sweep", "as many parts as steps, so the last rate is too low")
def sweep_rates(lr_min, lr_max, steps):
    return lr_min * (lr_max / lr_min) ** (np.arange(steps) / steps)


@fails("sweep", "the count begins at one")
def sweep_rates(lr_min, lr_max, steps):
    return lr_min * (lr_max / lr_min) ** (np.arange(1, steps + 1) / steps)


@fails("sweep", "one rate too many")
def sweep_rates(lr_min, lr_max, steps):
    return np.geomspace(lr_min, lr_max, steps + 1)


@fails("sweep", "the rates themselves as exponents of ten")
def sweep_rates(lr_min, lr_max, steps):
    return np.logspace(lr_min, lr_max, steps)


@fails("sweep", "from the largest to the smallest")
def sweep_rates(lr_min, lr_max, steps):
    return np.geomspace(lr_max, lr_min, steps)


@fails("sweep", "ten times as much with each step, as in the public test")
def sweep_rates(lr_min, lr_max, steps):
    return lr_min * 10.0 ** np.arange(steps)


@fails("sweep", "ten times as much with each step, and the last rate set by hand")
def sweep_rates(lr_min, lr_max, steps):
    rates = lr_min * 10.0 ** np.arange(steps)
    rates[-1] = lr_max
    return rates


@fails("sweep", "the logarithms of the rates")
def sweep_rates(lr_min, lr_max, steps):
    return np.linspace(np.log(lr_min), np.log(lr_max), steps)


@fails("sweep", "a natural logarithm undone as one of base ten")
def sweep_rates(lr_min, lr_max, steps):
    return 10 ** np.linspace(np.log(lr_min), np.log(lr_max), steps)


# --- question 2 ---


@passes("test", "the condition turned round, which nan and inf do not meet")
def range_test(step, rates, factor=4.0):
    losses = []
    for lr in rates:
        loss = float(step(lr))
        good = loss < float("inf") and (not losses or loss <= factor * min(losses))
        if not good:
            break
        losses.append(loss)
    return np.asarray(rates)[: len(losses)], np.asarray(losses)


@passes("test", "into arrays made beforehand")
def range_test(step, rates, factor=4.0):
    losses = np.full(len(rates), np.inf)
    k, stopped = 0, False
    while k < len(rates) and not stopped:
        losses[k] = step(rates[k])
        limit = factor * losses[:k].min() if k else np.inf
        stopped = np.isnan(losses[k]) or np.isinf(losses[k]) or losses[k] > limit
        k += not stopped
    return np.array(rates[:k]), losses[:k]


@passes("test", "with lists, and a stop by return")
def range_test(step, rates, factor=4.0):
    kept, losses = [], []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or (losses and loss > factor * min(losses)):
            return kept, losses
        kept.append(lr)
        losses.append(loss)
    return kept, losses


@fails("test", "the losses first, then the rates")
def range_test(step, rates, factor=4.0):
    kept, losses = [], []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or (losses and loss > factor * min(losses)):
            break
        kept.append(lr)
        losses.append(loss)
    return np.array(losses), np.array(kept)


@fails("test", "the last good step is dropped with the bad one")
def range_test(step, rates, factor=4.0):
    losses = []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or (losses and loss > factor * min(losses)):
            losses = losses[:-1]
            break
        losses.append(loss)
    return np.array(rates[: len(losses)]), np.array(losses)


@fails("test", "nan not noticed")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        if loss > factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "nan noticed, but an infinite first loss is not")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        if np.isnan(loss) or loss > factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "the step that stopped it is kept")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        kept.append(lr)
        losses.append(loss)
        if not np.isfinite(loss) or loss > factor * lowest:
            break
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "compared with the first loss")
def range_test(step, rates, factor=4.0):
    kept, losses = [], []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or (losses and loss > factor * losses[0]):
            break
        kept.append(lr)
        losses.append(loss)
    return np.array(kept), np.array(losses)


@fails("test", "compared with the loss before")
def range_test(step, rates, factor=4.0):
    kept, losses = [], []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or (losses and loss > factor * losses[-1]):
            break
        kept.append(lr)
        losses.append(loss)
    return np.array(kept), np.array(losses)


@fails("test", "stops at the factor itself")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss >= factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "the factor is always 4")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss > 4.0 * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "runs to the end and cuts afterwards")
def range_test(step, rates, factor=4.0):
    losses = np.array([step(lr) for lr in rates])
    n, lowest = 0, np.inf
    while n < len(losses) and np.isfinite(losses[n]) and losses[n] <= factor * lowest:
        lowest = min(lowest, losses[n])
        n += 1
    return np.array(rates[:n]), losses[:n]


@fails("test", "all rates returned, also those not used")
def range_test(step, rates, factor=4.0):
    losses, lowest = [], np.inf
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss > factor * lowest:
            break
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(rates), np.array(losses)


@fails("test", "goes on after a bad step")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss > factor * lowest:
            continue
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "the lowest of all begins at one")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], 1.0
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss > factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "the factor itself as the limit, not a multiple of the lowest")
def range_test(step, rates, factor=4.0):
    kept, losses = [], []
    for lr in rates:
        loss = step(lr)
        if not np.isfinite(loss) or loss > factor:
            break
        kept.append(lr)
        losses.append(loss)
    return np.array(kept), np.array(losses)


@fails("test", "the last rate never tried")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates[:-1]:
        loss = step(lr)
        if not np.isfinite(loss) or loss > factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


@fails("test", "step called a second time for each rate")
def range_test(step, rates, factor=4.0):
    kept, losses, lowest = [], [], np.inf
    for lr in rates:
        if not np.isfinite(step(lr)):
            break
        loss = step(lr)
        if loss > factor * lowest:
            break
        kept.append(lr)
        losses.append(loss)
        lowest = min(lowest, loss)
    return np.array(kept), np.array(losses)


# --- question 3 ---


@passes("suggest", "with a loop over the windows")
def suggest_rate(rates, losses, width=7, back=4.0):
    best, place = float("inf"), 0
    for first in range(len(losses) - width + 1):
        mean = sum(losses[first : first + width]) / width
        if mean < best:
            best, place = mean, first
    return rates[place + (width - 1) // 2] / back


@passes("suggest", "with a view of all windows")
def suggest_rate(rates, losses, width=7, back=4.0):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(losses), width)
    middles = np.asarray(rates)[width // 2 : len(rates) - width // 2]
    return float(middles[windows.mean(axis=1).argmin()] / back)


@passes("suggest", "by differences of a cumulated sum")
def suggest_rate(rates, losses, width=7, back=4.0):
    total = np.concatenate([[0.0], np.cumsum(losses)])
    means = (total[width:] - total[:-width]) / width
    return rates[int(np.argmin(means)) + width // 2] / back


@fails("suggest", "not smoothed")
def suggest_rate(rates, losses, width=7, back=4.0):
    return rates[np.argmin(losses)] / back


@fails("suggest", "zeros beyond both ends")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="same")
    return rates[np.argmin(smooth)] / back


@fails("suggest", "the start of the window")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth)] / back


@fails("suggest", "the end of the window")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + width - 1] / back


@fails("suggest", "one beyond the middle")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + (width + 1) // 2] / back


@fails("suggest", "the last whole window forgotten")
def suggest_rate(rates, losses, width=7, back=4.0):
    means = [np.mean(losses[i : i + width]) for i in range(len(losses) - width)]
    return rates[np.argmin(means) + width // 2] / back


@fails("suggest", "shorter windows at the ends")
def suggest_rate(rates, losses, width=7, back=4.0):
    half = width // 2
    means = [np.mean(losses[max(i - half, 0) : i + half + 1]) for i in range(len(losses))]
    return rates[np.argmin(means)] / back


@fails("suggest", "goes forward, not back")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + width // 2] * back


@fails("suggest", "always back by 4")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + width // 2] / 4


@fails("suggest", "back by so many steps, not by a factor")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + width // 2 - int(back)]


@fails("suggest", "the width is always 5, as in the public tests")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(5) / 5, mode="valid")
    return rates[np.argmin(smooth) + 2] / back


@fails("suggest", "the rates smoothed as well")
def suggest_rate(rates, losses, width=7, back=4.0):
    window = np.ones(width) / width
    smooth = np.convolve(losses, window, mode="valid")
    return np.convolve(rates, window, mode="valid")[np.argmin(smooth)] / back


@fails("suggest", "the median of each window")
def suggest_rate(rates, losses, width=7, back=4.0):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(losses), width)
    return rates[np.argmin(np.median(windows, axis=1)) + width // 2] / back


@fails("suggest", "the mean of the logarithms")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(np.log(losses), np.ones(width) / width, mode="valid")
    return rates[np.argmin(smooth) + width // 2] / back


@fails("suggest", "the last of equal means")
def suggest_rate(rates, losses, width=7, back=4.0):
    best, place = float("inf"), 0
    for first in range(len(losses) - width + 1):
        mean = sum(losses[first : first + width]) / width
        if mean <= best:
            best, place = mean, first
    return rates[place + width // 2] / back


@fails("suggest", "the loss in place of the rate")
def suggest_rate(rates, losses, width=7, back=4.0):
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    return smooth.min() / back


# --- question 4 ---


@passes("plan", "as a squared cosine")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    if k >= steps - 1:
        return last
    if k < warm:
        return (k + 1) * peak / warm
    first = warm - 1 if warm > 0 else 0
    angle = np.pi / 2 * (k - first) / (steps - 1 - first)
    return peak * np.cos(angle) ** 2 + last * np.sin(angle) ** 2


@passes("plan", "read from the whole plan")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    warm = max(warm, 1)
    rise = np.arange(1, warm + 1) / warm * peak
    angles = np.linspace(0, np.pi, steps - warm + 1)[1:]
    fall = last + (peak - last) / 2 * (1 + np.cos(angles))
    return np.concatenate([rise, fall])[min(k, steps - 1)]


@passes("plan", "with the library's cosine, which has its end one step later")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    warm = max(warm, 1)
    if k < warm:
        return peak * (k + 1) / warm
    return gd.schedules.Cosine(peak, steps - warm, last)(k - warm + 1)


@fails("plan", "the library's plan: the peak twice, the end one step late")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    plan = gd.schedules.Cosine(peak, steps - warm, last)
    return gd.schedules.Warmup(plan, warm)(k) if warm else plan(k)


@fails("plan", "the peak twice, though the end is right")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    if k < warm:
        return peak * (k + 1) / warm
    gone = min((k - warm) / max(steps - 1 - warm, 1), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "the first step is zero")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    if k < warm:
        return peak * k / warm
    gone = min((k - warm) / max(steps - 1 - warm, 1), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "one part too many in the rise, so the peak comes late")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    if k < warm:
        return peak * (k + 1) / (warm + 1)
    gone = min((k - warm) / max(steps - 1 - warm, 1), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "no thought for a plan without warm-up")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    if k < warm:
        return peak * (k + 1) / warm
    gone = min((k - warm + 1) / (steps - warm), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "rises again after the end")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = (k - top) / (steps - 1 - top)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "zero after the end, whatever the last rate")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k >= steps:
        return 0.0
    if k < top:
        return peak * (k + 1) / warm
    gone = (k - top) / (steps - 1 - top)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "falls in a straight line")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = min((k - top) / (steps - 1 - top), 1.0)
    return peak + (last - peak) * gone


@fails("plan", "the last rate added on top")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = min((k - top) / (steps - 1 - top), 1.0)
    return last + peak * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "the last rate as a floor to a fall that goes to zero")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = min((k - top) / (steps - 1 - top), 1.0)
    return max(last, peak * (1 + np.cos(np.pi * gone)) / 2)


@fails("plan", "a quarter of a wave")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = min((k - top) / (steps - 1 - top), 1.0)
    return last + (peak - last) * np.cos(np.pi / 2 * gone)


@fails("plan", "the whole length in place of what is left after the warm-up")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return peak * (k + 1) / warm
    gone = min(k / (steps - 1), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


@fails("plan", "rises from the last rate, not in equal parts from zero")
def warmup_cosine(k, peak, steps, warm, last=0.0):
    top = max(warm - 1, 0)
    if k < top:
        return last + (peak - last) * (k + 1) / warm
    gone = min((k - top) / (steps - 1 - top), 1.0)
    return last + (peak - last) * (1 + np.cos(np.pi * gone)) / 2


# --- question 5 ---


@passes("train", "the counter from the epoch and the batch")
def train(grad, theta, lr, batches, epochs):
    theta = np.asarray(theta, dtype=float).copy()
    for epoch in range(epochs):
        for i, batch in enumerate(batches):
            rate = lr(epoch * len(batches) + i) if callable(lr) else lr
            theta -= rate * grad(theta, batch)
    return theta


@passes("train", "all rates first, then one loop over all steps")
def train(grad, theta, lr, batches, epochs):
    steps = epochs * len(batches)
    rates = [lr(k) if callable(lr) else lr for k in range(steps)]
    place = 1.0 * np.asarray(theta)
    for k in range(steps):
        place = place - rates[k] * grad(place, batches[k % len(batches)])
    return place


@fails("train", "the counter starts again with each epoch")
def train(grad, theta, lr, batches, epochs):
    theta = np.array(theta, dtype=float)
    for _ in range(epochs):
        for k, batch in enumerate(batches):
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(theta, batch)
    return theta


@fails("train", "the counter counts epochs")
def train(grad, theta, lr, batches, epochs):
    theta = np.array(theta, dtype=float)
    for k in range(epochs):
        rate = lr(k) if callable(lr) else lr
        for batch in batches:
            theta = theta - rate * grad(theta, batch)
    return theta


@fails("train", "the counter begins at one")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            k += 1
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(theta, batch)
    return theta


@fails("train", "a plain rate not thought of")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            theta = theta - lr(k) * grad(theta, batch)
            k += 1
    return theta


@fails("train", "the start is changed")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.asarray(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta -= rate * grad(theta, batch)
            k += 1
    return theta


@fails("train", "whole numbers, if the start holds them")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta[:] = theta - rate * grad(theta, batch)
            k += 1
    return theta


@fails("train", "uphill")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta = theta + rate * grad(theta, batch)
            k += 1
    return theta


@fails("train", "the gradient at the start of the epoch in all its steps")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        start = theta
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(start, batch)
            k += 1
    return theta


@fails("train", "one step with the mean of all batches in each epoch")
def train(grad, theta, lr, batches, epochs):
    theta = np.array(theta, dtype=float)
    for k in range(epochs):
        rate = lr(k) if callable(lr) else lr
        theta = theta - rate * np.mean([grad(theta, batch) for batch in batches], axis=0)
    return theta


@fails("train", "the batches in another order")
def train(grad, theta, lr, batches, epochs):
    theta, k, rng = np.array(theta, dtype=float), 0, np.random.default_rng(0)
    for _ in range(epochs):
        for i in rng.permutation(len(batches)):
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(theta, batches[i])
            k += 1
    return theta


@fails("train", "the rate asked for once, before the first step")
def train(grad, theta, lr, batches, epochs):
    theta = np.array(theta, dtype=float)
    rate = lr(0) if callable(lr) else lr
    for _ in range(epochs):
        for batch in batches:
            theta = theta - rate * grad(theta, batch)
    return theta


@fails("train", "only a float counts as a plain rate")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr if isinstance(lr, float) else lr(k)
            theta = theta - rate * grad(theta, batch)
            k += 1
    return theta


@fails("train", "the counter grows once more at the end of each epoch")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(theta, batch)
            k += 1
        k += 1
    return theta


@fails("train", "returns within the first epoch")
def train(grad, theta, lr, batches, epochs):
    theta, k = np.array(theta, dtype=float), 0
    for _ in range(epochs):
        for batch in batches:
            rate = lr(k) if callable(lr) else lr
            theta = theta - rate * grad(theta, batch)
            k += 1
        return theta


# --- question 6 ---


@passes("search", "with a loop and powers of ten")
def random_search(score, low, high, trials, rng):
    rates, losses, winner, least = [], [], None, float("inf")
    for _ in range(trials):
        rate = 10 ** rng.uniform(np.log10(low), np.log10(high))
        loss = score(rate)
        rates.append(rate)
        losses.append(loss)
        if loss < least and np.isfinite(loss):
            winner, least = rate, loss
    if winner is None:
        raise ValueError("every trial diverged")
    return winner, np.array(rates), np.array(losses)


@passes("search", "with random parts of the way, and nanmin")
def random_search(score, low, high, trials, rng):
    rates = low * (high / low) ** rng.random(trials)
    losses = np.fromiter(map(score, rates), dtype=float, count=trials)
    clean = losses.copy()
    clean[~np.isfinite(clean)] = np.nan
    return rates[np.nanargmin(clean)], rates, losses


@passes("search", "with SciPy's log-uniform distribution")
def random_search(score, low, high, trials, rng):
    from scipy.stats import loguniform

    rates = loguniform(low, high).rvs(size=trials, random_state=rng)
    losses = np.array([float(score(float(rate))) for rate in rates])
    good = [i for i in range(trials) if np.isfinite(losses[i])]
    if not good:
        raise ValueError("no trial ended with a finite loss")
    return float(rates[min(good, key=lambda i: losses[i])]), rates, losses


@fails("search", "uniform, not log-uniform")
def random_search(score, low, high, trials, rng):
    rates = rng.uniform(low, high, size=trials)
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "a grid, not random")
def random_search(score, low, high, trials, rng):
    rates = np.geomspace(low, high, trials)
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "a grid in a random order")
def random_search(score, low, high, trials, rng):
    rates = rng.permutation(np.geomspace(low, high, trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "score is handed the logarithm")
def random_search(score, low, high, trials, rng):
    logs = rng.uniform(np.log(low), np.log(high), size=trials)
    losses = np.array([score(log) for log in logs])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return np.exp(logs[np.argmin(finite)]), np.exp(logs), losses


@fails("search", "the logarithms returned as the rates")
def random_search(score, low, high, trials, rng):
    logs = rng.uniform(np.log(low), np.log(high), size=trials)
    losses = np.array([score(np.exp(log)) for log in logs])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return logs[np.argmin(finite)], logs, losses


@fails("search", "whole powers of ten only")
def random_search(score, low, high, trials, rng):
    first, last = np.floor(np.log10(low)), np.ceil(np.log10(high))
    rates = 10.0 ** rng.integers(first, last + 1, size=trials)
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "one power with base e, the other with base ten")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log10(low), np.log10(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "nan wins, as argmin has it")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    if not np.any(np.isfinite(losses)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(losses)], rates, losses


@fails("search", "a nan in the first trial hides the others, as min has it")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = [score(rate) for rate in rates]
    if not np.any(np.isfinite(losses)):
        raise ValueError("no trial ended with a finite loss")
    return rates[losses.index(min(losses))], rates, np.array(losses)


@fails("search", "nan turned into zero, which wins")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    if not np.any(np.isfinite(losses)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(np.nan_to_num(losses))], rates, losses


@fails("search", "a winner where all trials are infinite")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    return rates[np.nanargmin(losses)], rates, losses


@fails("search", "what diverged is left out of the lists")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    good = np.isfinite(losses)
    if not good.any():
        raise ValueError("no trial ended with a finite loss")
    rates, losses = rates[good], losses[good]
    return rates[np.argmin(losses)], rates, losses


@fails("search", "what diverged is written over in the losses")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    losses[~np.isfinite(losses)] = np.inf
    if np.all(np.isinf(losses)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(losses)], rates, losses


@fails("search", "inf written over by nan in the losses")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    losses[~np.isfinite(losses)] = np.nan
    return rates[np.nanargmin(losses)], rates, losses


@fails("search", "the least loss in place of its rate")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return finite.min(), rates, losses


@fails("search", "the largest loss wins, as if it were an accuracy")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, -np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmax(finite)], rates, losses


@fails("search", "a generator of its own, the same in every search")
def random_search(score, low, high, trials, rng):
    rng = np.random.default_rng(0)
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "NumPy's global generator")
def random_search(score, low, high, trials, rng):
    rates = np.exp(np.random.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


@fails("search", "the rates sorted afterwards, the losses not")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], np.sort(rates), losses


@fails("search", "the absolute loss: a negative one cannot win")
def random_search(score, low, high, trials, rng):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=trials))
    losses = np.array([score(rate) for rate in rates])
    finite = np.where(np.isfinite(losses), np.abs(losses), np.inf)
    if np.all(np.isinf(finite)):
        raise ValueError("no trial ended with a finite loss")
    return rates[np.argmin(finite)], rates, losses


# --- question 7 ---


@passes("predict", "by the mean factor of a step, not rounded up")
def steps_needed(peak, curvature, left):
    return round(np.log(left) / np.log1p(-peak * curvature / 2))


@passes("predict", "with math, as a float that is whole")
def steps_needed(peak, curvature, left):
    import math

    walked = -math.log(left) / curvature  # the sum that the rates must have
    mean = peak / 2
    return float(math.ceil(walked / mean))


@passes("predict", "by adding up the plan until it is enough")
def steps_needed(peak, curvature, left):
    steps = 2
    while True:
        rates = peak * (1 + np.cos(np.pi * np.arange(steps) / steps)) / 2
        if np.exp(-curvature * rates.sum()) <= left:
            return steps
        steps += max(steps // 200, 1)


@fails("predict", "as if the rate were the peak throughout")
def steps_needed(peak, curvature, left):
    return int(np.ceil(np.log(1 / left) / (peak * curvature)))


@fails("predict", "a logarithm of base ten")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log10(1 / left) / (peak * curvature)))


@fails("predict", "what is walked in place of what is left")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log(1 / (1 - left)) / (peak * curvature)))


@fails("predict", "no logarithm: the way in equal pieces")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * (1 - left) / (peak * curvature)))


@fails("predict", "the sign of the logarithm")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log(left) / (peak * curvature)))


@fails("predict", "the part taken for that of the loss, not of the distance")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log(1 / left**0.5) / (peak * curvature)))


@fails("predict", "the distance taken to fall like one over the steps")
def steps_needed(peak, curvature, left):
    return int(np.ceil((1 / left - 1) * 2 / (peak * curvature)))


@fails("predict", "the rates as a straight rise to the peak, and then the peak")
def steps_needed(peak, curvature, left):
    return int(np.ceil(4 / 3 * np.log(1 / left) / (peak * curvature)))


@fails("predict", "the mean of a cosine taken for 2 / pi")
def steps_needed(peak, curvature, left):
    return int(np.ceil(np.log(1 / left) * np.pi / 2 / (peak * curvature)))


@fails("predict", "the factor 2 on the wrong side")
def steps_needed(peak, curvature, left):
    return int(np.ceil(np.log(1 / left) / (2 * peak * curvature)))


@fails("predict", "the peak forgotten")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log(1 / left) / curvature))


@fails("predict", "the public test's answer, written down")
def steps_needed(peak, curvature, left):
    return 461


@fails("predict", "a tenth at all times")
def steps_needed(peak, curvature, left):
    return int(np.ceil(2 * np.log(10) / (peak * curvature)))


@fails("predict", "not a whole number")
def steps_needed(peak, curvature, left):
    return 2 * np.log(1 / left) / (peak * curvature)
