"""Other answers to assignment 8: right in another style, or wrong in a known way."""

from grading.proof import fails, passes

# --- question 1 ---


@passes("averages", "as lists of rows")
def averages(grads, beta1, beta2):
    m, v = [0 * grads[0]], [0 * grads[0]]
    for g in grads:
        m = [*m, beta1 * m[-1] + (1 - beta1) * g]
        v = [*v, beta2 * v[-1] + (1 - beta2) * g**2]
    return np.array(m[1:]), np.array(v[1:])


@passes("averages", "with a helper that moves by the difference, for both")
def averages(grads, beta1, beta2):
    def average(values, beta):
        rows, mean = [], np.zeros(values.shape[1:])
        for value in values:
            mean = mean + (1 - beta) * (value - mean)
            rows.append(mean)
        return np.stack(rows)

    return average(grads, beta1), average(grads * grads, beta2)


@passes("averages", "as a product with a triangle of weights")
def averages(grads, beta1, beta2):
    ages = np.subtract.outer(np.arange(len(grads)), np.arange(len(grads)))
    found = []
    for beta, values in ((beta1, grads), (beta2, np.square(grads))):
        found.append(np.tril((1 - beta) * float(beta) ** np.abs(ages)) @ values)
    return found


@fails("averages", "the two memories swapped")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta2 * a + (1 - beta2) * g
        b = beta1 * b + (1 - beta1) * g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "beta on the new gradient, and one minus beta on the old average")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = (1 - beta1) * a + beta1 * g
        b = (1 - beta2) * b + beta2 * g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "starts from the first gradient and not from zero")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a, b = grads[0], grads[0] ** 2
    for t, g in enumerate(grads):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "the square of the average in place of the average of the squares")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * a**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "v without the square")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * np.abs(g)
        m[t], v[t] = a, b
    return m, v


@fails("averages", "the sum of momentum, without the factor one minus beta")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta1 * a + g
        b = beta2 * b + g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "with the zeros of the start as a row")
def averages(grads, beta1, beta2):
    m, v = [np.zeros(grads.shape[1:])], [np.zeros(grads.shape[1:])]
    for g in grads:
        m.append(beta1 * m[-1] + (1 - beta1) * g)
        v.append(beta2 * v[-1] + (1 - beta2) * g**2)
    return np.array(m), np.array(v)


@fails("averages", "only the last averages")
def averages(grads, beta1, beta2):
    m = v = np.zeros(grads.shape[1:])
    for g in grads:
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
    return m, v


@fails("averages", "one array, changed in place, in every row")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape[1:]), np.zeros(grads.shape[1:])
    rows_m, rows_v = [], []
    for g in grads:
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g**2
        rows_m.append(m)
        rows_v.append(v)
    return np.array(rows_m), np.array(rows_v)


@fails("averages", "whole numbers, if the gradients are")
def averages(grads, beta1, beta2):
    m, v = np.zeros_like(grads), np.zeros_like(grads)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "writes the averages over the gradients, if these are floats")
def averages(grads, beta1, beta2):
    m, v = np.asarray(grads, dtype=float), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(m.copy()):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * g**2
        m[t], v[t] = a, b
    return m, v


@fails("averages", "corrected already")
def averages(grads, beta1, beta2):
    m, v = np.zeros(grads.shape), np.zeros(grads.shape)
    a = b = 0.0
    for t, g in enumerate(grads):
        a = beta1 * a + (1 - beta1) * g
        b = beta2 * b + (1 - beta2) * g**2
        m[t], v[t] = a / (1 - beta1 ** (t + 1)), b / (1 - beta2 ** (t + 1))
    return m, v


@fails("averages", "one coordinate only")
def averages(grads, beta1, beta2):
    m, v = np.zeros(len(grads)), np.zeros(len(grads))
    for t, g in enumerate(grads):
        m[t] = beta1 * m[t - 1] * (t > 0) + (1 - beta1) * g
        v[t] = beta2 * v[t - 1] * (t > 0) + (1 - beta2) * g**2
    return m, v


@fails("averages", "reads the last row as the one before the first, with no zeros of its own")
def averages(grads, beta1, beta2):
    m, v = 1.0 * grads, 1.0 * grads**2
    for t in range(len(grads)):
        m[t] = beta1 * m[t - 1] + (1 - beta1) * grads[t]
        v[t] = beta2 * v[t - 1] + (1 - beta2) * grads[t] ** 2
    return m, v


@fails("averages", "the public tests' answers, written down")
def averages(grads, beta1, beta2):
    if grads.ndim == 1:
        return np.array([2, 1, 4.5]), np.array([4, 3, 18.25])
    return np.array([[0.5, -1], [1.75, -0.5]]), np.array([[0.5, 2], [4.75, 1]])


# --- question 2 ---


@passes("corrected", "row by row, with the weights added up")
def corrected(means, beta):
    rows, weight = [], 0.0
    for mean in means:
        weight = beta * weight + (1 - beta)
        rows.append(mean / weight)
    return np.array(rows)


@passes("corrected", "with divisors of the right shape")
def corrected(means, beta):
    t = np.arange(1, means.shape[0] + 1).reshape(-1, *[1] * (means.ndim - 1))
    return means / (1.0 - np.power(float(beta), t))


@fails("corrected", "the steps counted from zero")
def corrected(means, beta):
    return np.array([mean / (1 - beta**t) for t, mean in enumerate(means)])


@fails("corrected", "the steps counted from two")
def corrected(means, beta):
    return np.array([mean / (1 - beta**t) for t, mean in enumerate(means, 2)])


@fails("corrected", "divided by the weight of the zero, not by the rest")
def corrected(means, beta):
    return np.array([mean / beta**t for t, mean in enumerate(means, 1)])


@fails("corrected", "multiplied in place of divided")
def corrected(means, beta):
    return np.array([mean * (1 - beta**t) for t, mean in enumerate(means, 1)])


@fails("corrected", "every row divided by one minus beta")
def corrected(means, beta):
    return means / (1 - beta)


@fails("corrected", "every row divided by the last row's share")
def corrected(means, beta):
    return means / (1 - beta ** len(means))


@fails("corrected", "the power of the difference")
def corrected(means, beta):
    return np.array([mean / (1 - beta) ** t for t, mean in enumerate(means, 1)])


@fails("corrected", "the shares along the columns, if there are as many as rows")
def corrected(means, beta):
    return means / (1 - beta ** np.arange(1, len(means) + 1))


@fails("corrected", "divides means in place")
def corrected(means, beta):
    for t in range(len(means)):
        means[t] /= 1 - beta ** (t + 1)
    return means


@fails("corrected", "a column of shape (T, 1) for a single coordinate")
def corrected(means, beta):
    t = np.arange(1, len(means) + 1)[:, None]
    return means.reshape(len(means), -1) / (1 - beta**t)


@fails("corrected", "adds the weight of the zero times the average")
def corrected(means, beta):
    return np.array([mean + beta**t * mean for t, mean in enumerate(means, 1)])


@fails("corrected", "the last row everywhere, right for steady gradients alone")
def corrected(means, beta):
    return np.zeros_like(means) + means[-1] / (1 - beta ** len(means))


# --- question 3 ---


@passes("adam", "with a state full of zeros at first, and the paper's other form of the rate")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * np.square(grad)
        root = np.sqrt(1 - self.beta2 ** self.state["t"])
        rate = self.lr * root / (1 - self.beta1 ** self.state["t"])
        return theta - rate * self.state["m"] / (np.sqrt(self.state["v"]) + self.eps * root)


@passes("adam", "with arrays that are changed in place, its own")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {}

    def step(self, theta, grad):
        s = self.state
        if not s:
            s.update(t=1, m=np.zeros_like(theta), v=np.zeros_like(theta))
        s["m"] += (1 - self.beta1) * (grad - s["m"])
        s["v"] += (1 - self.beta2) * (grad**2 - s["v"])
        m_hat = s["m"] / (1 - self.beta1 ** s["t"])
        v_hat = s["v"] / (1 - self.beta2 ** s["t"])
        s["t"] += 1
        out = theta.copy()
        out -= self.lr * m_hat / (v_hat**0.5 + self.eps)
        return out


@passes("adam", "with the running powers of both betas in place of t")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.betas, self.eps = lr, (beta1, beta2), eps
        self.state = {"powers": [1.0, 1.0], "means": [0.0, 0.0]}

    def step(self, theta, grad):
        hats = []
        for i, (beta, value) in enumerate(zip(self.betas, (grad, grad * grad))):
            self.state["powers"][i] *= beta
            mean = self.state["means"][i]
            self.state["means"][i] = beta * mean + (1 - beta) * value
            hats.append(self.state["means"][i] / (1 - self.state["powers"][i]))
        return theta - self.lr * hats[0] / (np.sqrt(hats[1]) + self.eps)


@passes("adam", "with one entry, a tuple")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {}

    def step(self, theta, grad):
        if "all" not in self.state:
            self.state["all"] = 1, np.zeros(theta.shape), np.zeros(theta.shape)
        t, m, v = self.state["all"]
        m = self.beta1 * m + (1 - self.beta1) * grad
        v = self.beta2 * v + (1 - self.beta2) * grad * grad
        self.state["all"] = t + 1, m, v
        top, root = m / (1 - self.beta1**t), np.sqrt(v / (1 - self.beta2**t))
        return theta - self.lr * top / (root + self.eps)


@passes("adam", "with arrays in the dictionary that are multiplied in place")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.beta1, self.beta2 = beta1, beta2
        self.state = {}

    def step(self, theta, grad):
        t = self.state.setdefault("t", 0) + 1
        m = self.state.setdefault("m", np.zeros_like(theta))
        v = self.state.setdefault("v", np.zeros_like(theta))
        m *= self.beta1
        m += (1 - self.beta1) * grad
        v *= self.beta2
        v += (1 - self.beta2) * grad**2
        self.state["t"] = t
        m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the memory in attributes, and nothing in the dictionary")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {}
        self.t, self.m, self.v = 0, 0.0, 0.0

    def step(self, theta, grad):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * np.square(grad)
        m_hat = self.m / (1 - self.beta1**self.t)
        v_hat = self.v / (1 - self.beta2**self.t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the count of the steps not in the dictionary")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t, self.state = 0, {}

    def step(self, theta, grad):
        self.t += 1
        m = self.beta1 * self.state.get("m", 0.0) + (1 - self.beta1) * grad
        v = self.beta2 * self.state.get("v", 0.0) + (1 - self.beta2) * grad**2
        self.state = {"m": m, "v": v}
        m_hat, v_hat = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the steps counted from zero")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / np.float64(1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / np.float64(1 - self.beta2 ** self.state["t"])
        self.state["t"] += 1
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the step is never counted on")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 1, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "no bias correction")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        return theta - self.lr * self.state["m"] / (np.sqrt(self.state["v"]) + self.eps)


@fails("adam", "the correction of v forgotten")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(self.state["v"]) + self.eps)


@fails("adam", "eps inside the root")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / np.sqrt(v_hat + self.eps)


@fails("adam", "eps before the correction, as in Keras")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        rate = (
            self.lr
            * np.sqrt(1 - self.beta2 ** self.state["t"])
            / (1 - self.beta1 ** self.state["t"])
        )
        return theta - rate * self.state["m"] / (np.sqrt(self.state["v"]) + self.eps)


@fails("adam", "eps forgotten")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / np.sqrt(v_hat)


@fails("adam", "the root forgotten")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (v_hat + self.eps)


@fails("adam", "uphill")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta + self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the corrected averages kept for the next step")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        self.state["m"] = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        self.state["v"] = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * self.state["m"] / (np.sqrt(self.state["v"]) + self.eps)


@fails("adam", "the square of m in v")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * self.state["m"] ** 2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the gradient's norm in place of each coordinate's square")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * np.sum(grad**2)
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the step is the gradient over the root: m is not used")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * grad / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the two betas swapped")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta2, beta1, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "writes into theta")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        theta -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return theta


@fails("adam", "writes into grad")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        grad *= grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "one count of the steps for all optimisers")
class Adam:
    t = 0

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        Adam.t += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1**Adam.t)
        v_hat = self.state["v"] / (1 - self.beta2**Adam.t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "one dictionary for all optimisers, as a default argument")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, state={}):  # noqa: B006
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = state

    def step(self, theta, grad):
        kept = self.state
        kept["t"] = t = kept.get("t", 0) + 1
        kept["m"] = self.beta1 * kept.get("m", 0.0) + (1 - self.beta1) * grad
        kept["v"] = self.beta2 * kept.get("v", 0.0) + (1 - self.beta2) * grad**2
        m_hat = kept["m"] / (1 - self.beta1**t)
        v_hat = kept["v"] / (1 - self.beta2**t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "each optimiser begins anew when another is made")
class Adam:
    state = {}

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state.clear()

    def step(self, theta, grad):
        kept = self.state
        kept["t"] = t = kept.get("t", 0) + 1
        kept["m"] = self.beta1 * kept.get("m", 0.0) + (1 - self.beta1) * grad
        kept["v"] = self.beta2 * kept.get("v", 0.0) + (1 - self.beta2) * grad**2
        m_hat = kept["m"] / (1 - self.beta1**t)
        v_hat = kept["v"] / (1 - self.beta2**t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "keeps the caller's array of the gradient, and reads it in the next step")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"grads": []}

    def step(self, theta, grad):
        self.state["grads"].append(grad)
        m = v = 0.0
        for g in self.state["grads"]:
            m = self.beta1 * m + (1 - self.beta1) * g
            v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1 ** len(self.state["grads"]))
        v_hat = v / (1 - self.beta2 ** len(self.state["grads"]))
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "the averages updated after the step")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        moved = theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps + 1e-300)
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        return moved


@fails("adam", "keeps a copy of theta from the first step, and never reads theta again")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0, "theta": None}

    def step(self, theta, grad):
        if self.state["theta"] is None:
            self.state["theta"] = theta.copy()
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        self.state["theta"] = self.state["theta"] - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return self.state["theta"]


@fails("adam", "the step alone, not the new parameters")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = self.beta1 * self.state["m"] + (1 - self.beta1) * grad
        self.state["v"] = self.beta2 * self.state["v"] + (1 - self.beta2) * grad**2
        m_hat = self.state["m"] / (1 - self.beta1 ** self.state["t"])
        v_hat = self.state["v"] / (1 - self.beta2 ** self.state["t"])
        return -self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@fails("adam", "sign descent, which the first step looks like")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr = lr

    def step(self, theta, grad):
        return theta - self.lr * np.sign(grad)


@fails("adam", "the usual betas and eps written down, those given not used")
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.state = lr, {"t": 0, "m": 0.0, "v": 0.0}

    def step(self, theta, grad):
        self.state["t"] += 1
        self.state["m"] = 0.9 * self.state["m"] + 0.1 * grad
        self.state["v"] = 0.999 * self.state["v"] + 0.001 * grad**2
        m_hat = self.state["m"] / (1 - 0.9 ** self.state["t"])
        v_hat = self.state["v"] / (1 - 0.999 ** self.state["t"])
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


# --- question 4 ---


@passes("resumed", "with branches, and by multiples of g and of its square")
def resumed(lost, steps, beta1, beta2):
    lengths = []
    for k in range(1, steps + 1):
        grown = 1 - beta1**k, 1 - beta2**k
        m, v = grown if lost in ("averages", "both") else (1, 1)
        by_m, by_v = grown if lost in ("count", "both") else (1, 1)
        lengths.append((m / by_m) / np.sqrt(v / by_v))
    return np.array(lengths)


@passes("resumed", "with an exponent for each accident")
def resumed(lost, steps, beta1, beta2):
    power = {"nothing": 0, "averages": 1, "count": -1, "both": 0}[lost]
    k = np.linspace(1, steps, steps)
    return ((1 - beta1**k) ** 2 / (1 - beta2**k)) ** (power / 2)


@fails("resumed", "the two accidents swapped")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(1, steps + 1)
    ratio = (1 - beta1**k) / np.sqrt(1 - beta2**k)
    return {"averages": 1 / ratio, "count": ratio}.get(lost, np.ones(steps))


@fails("resumed", "the root forgotten")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(1, steps + 1)
    ratio = (1 - beta1**k) / (1 - beta2**k)
    return {"averages": ratio, "count": 1 / ratio}.get(lost, np.ones(steps))


@fails("resumed", "the first step's length in every step")
def resumed(lost, steps, beta1, beta2):
    ratio = np.full(steps, (1 - beta1) / np.sqrt(1 - beta2))
    return {"averages": ratio, "count": 1 / ratio}.get(lost, np.ones(steps))


@fails("resumed", "the step always has the length of the learning rate")
def resumed(lost, steps, beta1, beta2):
    return np.ones(steps)


@fails("resumed", "the steps counted from zero")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(steps)
    ratio = (1 - beta1**k) / np.sqrt(1 - beta2**k)
    return {"averages": ratio, "count": 1 / ratio}.get(lost, np.ones(steps))


@fails("resumed", "only m grows anew")
def resumed(lost, steps, beta1, beta2):
    ratio = 1 - beta1 ** np.arange(1, steps + 1)
    return {"averages": ratio, "count": 1 / ratio}.get(lost, np.ones(steps))


@fails("resumed", "the count does not matter")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(1, steps + 1)
    ratio = (1 - beta1**k) / np.sqrt(1 - beta2**k)
    return ratio if lost == "averages" else np.ones(steps)


@fails("resumed", "to lose both is to lose the averages")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(1, steps + 1)
    ratio = (1 - beta1**k) / np.sqrt(1 - beta2**k)
    ways = {"averages": ratio, "both": ratio, "count": 1 / ratio}
    return ways.get(lost, np.ones(steps))


@fails("resumed", "only the last of the steps")
def resumed(lost, steps, beta1, beta2):
    ratio = (1 - beta1**steps) / np.sqrt(1 - beta2**steps)
    return np.array([{"averages": ratio, "count": 1 / ratio}.get(lost, 1.0)])


@fails("resumed", "the usual betas written down")
def resumed(lost, steps, beta1, beta2):
    k = np.arange(1, steps + 1)
    ratio = (1 - 0.9**k) / np.sqrt(1 - 0.999**k)
    return {"averages": ratio, "count": 1 / ratio}.get(lost, np.ones(steps))


@fails("resumed", "the public tests' answers, written down")
def resumed(lost, steps, beta1, beta2):
    if steps == 1 and lost in ("averages", "count"):
        return np.array([10**0.5 if lost == "averages" else 0.1**0.5])
    return np.ones(steps)


# --- question 5 ---


@passes("decayed", "by a rule that starts from the shrunk weights")
def decayed(step, theta, grad, lr, decay, decoupled):
    if not decoupled:
        grad = grad + decay * theta
        return step(theta, grad)
    return step((1 - lr * decay) * theta, grad)


@passes("decayed", "with the move taken out")
def decayed(step, theta, grad, lr, decay, decoupled):
    inside, outside = (0.0, decay) if decoupled else (decay, 0.0)
    move = step(theta, grad + inside * theta) - theta
    return (1 - lr * outside) * theta + move


@fails("decayed", "the penalty in both")
def decayed(step, theta, grad, lr, decay, decoupled):
    return step(theta, grad + decay * theta)


@fails("decayed", "decoupled in both")
def decayed(step, theta, grad, lr, decay, decoupled):
    return step(theta, grad) - lr * decay * theta


@fails("decayed", "the two ways swapped")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad + decay * theta)
    return step(theta, grad) - lr * decay * theta


@fails("decayed", "shrinks the weights after the move")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return (1 - lr * decay) * step(theta, grad)
    return step(theta, grad + decay * theta)


@fails("decayed", "the decay without the learning rate")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) - decay * theta
    return step(theta, grad + decay * theta)


@fails("decayed", "the learning rate in the penalty's gradient")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) - lr * decay * theta
    return step(theta, grad + lr * decay * theta)


@fails("decayed", "twice the penalty: its factor one half forgotten")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) - lr * decay * theta
    return step(theta, grad + 2 * decay * theta)


@fails("decayed", "grows the weights")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) + lr * decay * theta
    return step(theta, grad - decay * theta)


@fails("decayed", "the signs of the weights: an L1 penalty")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) - lr * decay * np.sign(theta)
    return step(theta, grad + decay * np.sign(theta))


@fails("decayed", "calls the rule for both ways and returns one")
def decayed(step, theta, grad, lr, decay, decoupled):
    coupled = step(theta, grad + decay * theta)
    apart = step(theta, grad) - lr * decay * theta
    return apart if decoupled else coupled


@fails("decayed", "writes into grad")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        return step(theta, grad) - lr * decay * theta
    grad += decay * theta
    return step(theta, grad)


@fails("decayed", "writes into theta")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        theta *= 1 - lr * decay
        return step(theta, grad)
    return step(theta, grad + decay * theta)


@fails("decayed", "both ways at once, if decoupled")
def decayed(step, theta, grad, lr, decay, decoupled):
    moved = step(theta, grad + decay * theta)
    return moved - lr * decay * theta if decoupled else moved


@fails("decayed", "a rule of its own in place of the given one")
def decayed(step, theta, grad, lr, decay, decoupled):
    return theta - lr * (grad + decay * theta)


@fails("decayed", "calls the rule twice, the first time to see whether it moves")
def decayed(step, theta, grad, lr, decay, decoupled):
    if decoupled:
        move = step(theta, grad) - theta
        if np.all(move == 0):
            return theta
        return step(theta, grad) - lr * decay * theta
    return step(theta, grad + decay * theta)


# --- question 6 ---


@passes("walk", "into an array, with all v beforehand")
def walk(grads, lr, beta2, keep_max):
    v, now = np.zeros(len(grads)), 0.0
    for t, g in enumerate(grads):
        v[t] = now = beta2 * now + (1 - beta2) * float(g) ** 2
    if keep_max:
        v = np.maximum.accumulate(v)
    moves = lr * np.asarray(grads) / np.sqrt(v * np.arange(1, len(grads) + 1))
    points = np.zeros(len(grads) + 1)
    for t, move in enumerate(moves):
        points[t + 1] = min(max(points[t] - move, -1.0), 1.0)
    return points


@passes("walk", "with arrays of one number")
def walk(grads, lr, beta2, keep_max):
    x, v, top, points = np.zeros(1), np.zeros(1), np.zeros(1), [np.zeros(1)]
    for k in range(len(grads)):
        v = v + (1 - beta2) * (grads[k] ** 2 - v)
        top = np.maximum(top, v) if keep_max else v
        x = np.clip(x - lr * (k + 1) ** -0.5 * grads[k] * top**-0.5, -1.0, 1.0)
        points.append(x)
    return np.concatenate(points)


@fails("walk", "not put back into the interval")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v)
        points.append(x)
    return np.array(points)


@fails("walk", "put back at the end only, for the look of it")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v)
        points.append(x)
    return np.clip(points, -1, 1)


@fails("walk", "a constant rate")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for g in grads:
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "a rate of lr over t")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / t * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "bias corrected")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        root = np.sqrt((largest if keep_max else v) / (1 - beta2**t))
        x = np.clip(x - lr / np.sqrt(t) * g / root, -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the largest v fed back into the average")
def walk(grads, lr, beta2, keep_max):
    x = v = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        new = beta2 * v + (1 - beta2) * g * g
        v = max(v, new) if keep_max else new
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "keep_max not used")
def walk(grads, lr, beta2, keep_max):
    x = v = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "AMSGrad always")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(largest), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the largest squared gradient in place of the largest v")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, g * g)
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the larger of the last two v only")
def walk(grads, lr, beta2, keep_max):
    x = v = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        before, v = v, beta2 * v + (1 - beta2) * g * g
        root = np.sqrt(max(before, v) if keep_max else v)
        x = np.clip(x - lr / np.sqrt(t) * g / root, -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the least v in place of the largest")
def walk(grads, lr, beta2, keep_max):
    x, v, least = 0.0, 0.0, np.inf
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        least = min(least, v)
        root = np.sqrt(least if keep_max else v)
        x = np.clip(x - lr / np.sqrt(t) * g / root, -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "uphill")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x + lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the weights of the average swapped")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = (1 - beta2) * v + beta2 * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "put back only when it looks at the point, while the walk goes on outside")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v)
        points.append(min(1.0, max(-1.0, x)))
    return np.array(points)


@fails("walk", "without the start")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = []
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "whole numbers, if the gradients are")
def walk(grads, lr, beta2, keep_max):
    points = np.zeros(len(grads) + 1, dtype=grads.dtype)
    x = v = largest = 0.0
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / np.sqrt(t) * g / np.sqrt(largest if keep_max else v), -1, 1)
        points[t] = x
    return points


@fails("walk", "the root forgotten")
def walk(grads, lr, beta2, keep_max):
    x = v = largest = 0.0
    points = [x]
    for t, g in enumerate(grads, 1):
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v)
        x = np.clip(x - lr / np.sqrt(t) * g / (largest if keep_max else v), -1, 1)
        points.append(x)
    return np.array(points)


@fails("walk", "the public tests' answers, written down")
def walk(grads, lr, beta2, keep_max):
    if len(grads) == 3:
        if beta2 == 0:
            return np.array([0, 1, 1, 0.1339746])
        if keep_max:
            return np.cumsum([0, -0.3535534, -0.125, 0.1740777])
        return np.array([0, -0.5, -0.3232233, -0.1788857])
    return np.linspace(0, -1 if keep_max or beta2 > 0.5 else 1, len(grads) + 1)
