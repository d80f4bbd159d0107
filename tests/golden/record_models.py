"""Record losses and gradients that PyTorch computes, for `tests/test_models.py` to compare with.

Needed only to record anew, in an environment of its own:

    python -m venv golden-env
    golden-env/bin/pip install torch==2.13.0
    golden-env/bin/python tests/golden/record_models.py

Everything is float64 on the CPU. Each case is a model of ours, built here from PyTorch's own layers
and filled with random parameters. Three batches pass through it in training mode; the parameters
stay. Recorded are each batch's loss and gradient, the running statistics after it, and, in the end,
the outputs for the first batch in evaluation mode. A parameter vector holds, layer by layer,
W of shape (fan_in, fan_out), b and gamma, as ours does.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

BATCHES, N = 3, 7

DEEP = {"sizes": [4, 5, 5, 6, 3]}
CASES = [  # class, its arguments
    ("LinearRegression", {"n_features": 4}),
    ("LinearRegression", {"n_features": 4, "loss": "huber", "delta": 0.7}),
    ("LinearRegression", {"n_features": 4, "l2": 0.3}),
    ("LogisticRegression", {"n_features": 4}),
    ("LogisticRegression", {"n_features": 4, "l2": 0.3}),
    ("SoftmaxRegression", {"n_features": 4, "n_classes": 3}),
    ("SoftmaxRegression", {"n_features": 4, "n_classes": 3, "l2": 0.3}),
    *(
        ("MLP", {"sizes": [4, 6, 5, 3], "activation": activation})
        for activation in ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "gelu")
    ),
    ("MLP", {"sizes": [4, 6, 1], "activation": "tanh", "loss": "mse"}),
    ("MLP", {"sizes": [4, 6, 1], "activation": "tanh", "loss": "huber"}),
    ("MLP", {"sizes": [4, 6, 1], "activation": "gelu", "loss": "binary"}),
    ("MLP", {"sizes": [4, 3]}),
    ("MLP", DEEP | {"residual": True}),
    ("MLP", DEEP | {"batch_norm": True}),
    ("MLP", DEEP | {"batch_norm": True, "activation": "sigmoid"}),
    ("MLP", DEEP | {"batch_norm": True, "residual": True, "activation": "gelu", "l2": 0.01}),
    ("MLP", {"sizes": [4, 4, 1], "batch_norm": True, "residual": True, "loss": "mse"}),
]
ACTIVATIONS = {
    "identity": nn.Identity(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.01),
    "gelu": nn.GELU(approximate="tanh"),
}


class Net(nn.Module):
    """What `gdlib.models` calls `kind` with `arguments`, made of PyTorch's layers."""

    def __init__(self, kind, arguments):
        super().__init__()
        outputs = arguments.get("n_classes", 1)
        self.sizes = arguments.get("sizes", [arguments.get("n_features"), outputs])
        default = {"LogisticRegression": "binary", "LinearRegression": "mse"}
        self.loss = arguments.get("loss", default.get(kind, "softmax"))
        self.delta, self.l2 = arguments.get("delta", 1.0), arguments.get("l2", 0.0)
        self.residual = arguments.get("residual", False)
        self.phi = ACTIVATIONS[arguments.get("activation", "relu")]
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        norm = arguments.get("batch_norm", False)
        self.linears = nn.ModuleList(
            nn.Linear(m, n, bias=not norm or k == len(pairs) - 1) for k, (m, n) in enumerate(pairs)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(n) for n in self.sizes[1:-1] if norm)

    def vector(self):
        """The parameters in our order; W is stored the other way round here."""
        for k, linear in enumerate(self.linears):
            yield linear.weight, True
            if linear.bias is not None:
                yield linear.bias, False
            else:
                yield self.norms[k].bias, False
                yield self.norms[k].weight, False

    def forward(self, h):
        for k, linear in enumerate(self.linears):
            z = linear(h)
            if k == len(self.linears) - 1:
                return z if self.loss == "softmax" else z[:, 0]
            if self.norms:
                z = self.norms[k](z)
            skips = self.residual and self.sizes[k] == self.sizes[k + 1]
            h = self.phi(z) + h if skips else self.phi(z)

    def objective(self, outputs, y):
        losses = {
            "mse": nn.MSELoss(),
            "huber": nn.HuberLoss(delta=self.delta),
            "binary": nn.BCEWithLogitsLoss(),
            "softmax": nn.CrossEntropyLoss(),
        }
        penalty = sum((linear.weight**2).sum() for linear in self.linears)
        return losses[self.loss](outputs, y) + self.l2 / 2 * penalty

    def statistics(self):
        return [s.tolist() for norm in self.norms for s in (norm.running_mean, norm.running_var)]


def targets(rng, loss, n_outputs):
    if loss == "softmax":
        return rng.integers(0, n_outputs, N)
    return rng.integers(0, 2, N) if loss == "binary" else rng.normal(size=N).round(6) * 2


def main():
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)
    cases = []
    for number, (kind, arguments) in enumerate(CASES):
        rng, net = np.random.default_rng(number), Net(kind, arguments)
        theta = []
        for parameter, turned in net.vector():
            value = rng.normal(size=tuple(parameter.shape)[:: -1 if turned else 1]).round(6)
            parameter.data = torch.tensor(value.T if turned else value)
            theta.extend(value.ravel().tolist())
        case = {"model": kind, "arguments": arguments, "theta": theta, "batches": []}
        for _ in range(BATCHES):
            X = (rng.normal(size=(N, net.sizes[0])) * 1.5 + 0.5).round(6)
            y = targets(rng, net.loss, net.sizes[-1])
            net.zero_grad()
            wanted = torch.tensor(y if net.loss == "softmax" else y.astype(float))
            loss = net.objective(net(torch.tensor(X)), wanted)
            loss.backward()
            grads = [p.grad.T if turned else p.grad for p, turned in net.vector()]
            grad = torch.cat([g.flatten() for g in grads]).tolist()
            batch = {"X": X.tolist(), "y": y.tolist(), "loss": loss.item(), "grad": grad}
            case["batches"].append(batch | {"state": net.statistics()})
        net.eval()
        with torch.no_grad():
            case["outputs"] = net(torch.tensor(case["batches"][0]["X"])).tolist()
        cases.append(case)
    record = {"versions": {"torch": torch.__version__}, "cases": cases}
    text = json.dumps(record).replace('{"model"', '\n{"model"')
    Path(__file__).with_name("models.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
