"""Record what PyTorch and optax do, step by step, for the tests to compare with.

Needed only to record anew, in an environment of its own:

    python -m venv golden-env
    golden-env/bin/pip install torch==2.13.0 optax==0.2.8 scikit-learn
    golden-env/bin/python tests/golden/record.py

Everything is float64 on the CPU. The other library takes the steps; the gradients are those below,
in NumPy, so that the tests can feed the same ones. This writes two files, `torch.npz` and
`optax.npz`. In each, "about" is a JSON text: the versions, and for every array by its name what it
holds. A path ("Adam-1-quadratic") holds the parameters at the start and after each step, shape
(steps + 1, d); a schedule ("Step-0") the rates of its steps from the first.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

# --- three problems: where to start, and the gradient ---

COS, SIN = np.cos(0.5), np.sin(0.5)
BOWL = np.array([[COS * COS + 100 * SIN * SIN, -99 * COS * SIN]] * 2)
BOWL[1] = [-99 * COS * SIN, SIN * SIN + 100 * COS * COS]


def quadratic(theta):
    """A bowl of condition 100, turned by half a radian."""
    return (BOWL * theta).sum(axis=1)


def rosenbrock(theta):
    x, y = theta
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


DATA, LABELS = load_breast_cancer(return_X_y=True)
DATA = DATA[:, :2]  # mean radius and mean texture
DATA = (DATA - DATA.mean(axis=0)) / DATA.std(axis=0)


def logistic(theta):
    """The mean log loss of a logistic regression without intercept."""
    wrong = 1 / (1 + np.exp(-(DATA * theta).sum(axis=1))) - LABELS
    return (DATA * wrong[:, None]).mean(axis=0)


PROBLEMS = {
    "quadratic": ([1.0, -2.0], quadratic),
    "rosenbrock": ([-1.2, 1.0], rosenbrock),
    "logistic": ([0.5, -0.5], logistic),
}

# --- what is recorded: hyperparameters by optimiser, the defaults first ---

STEPS = 200
CASES = {
    "GradientDescent": [{"lr": 1e-3}],
    "SignDescent": [{"lr": 0.01}],
    "Momentum": [{"lr": 3e-4}, {"lr": 1e-3, "beta": 0.5}],
    "Nesterov": [{"lr": 3e-4}, {"lr": 1e-3, "beta": 0.5}],
    "Adagrad": [{}, {"lr": 0.5, "eps": 0.1}],
    "RMSprop": [
        {},
        {"lr": 0.1, "alpha": 0.5, "eps": 0.1},
        {"lr": 0.02, "alpha": 0.8, "eps": 1e-3, "centered": True},
    ],
    "Adadelta": [{}, {"lr": 3.0, "rho": 0.5, "eps": 1e-3}],
    "Adam": [{}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1}],
    "AdamW": [{}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1, "weight_decay": 0.3}],
    "AMSGrad": [{}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1}],
    "Nadam": [{}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1, "momentum_decay": 0.1}],
    "Adamax": [{}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.1}],
}
# optax has no eps outside Adagrad's root; where eps is negligible its place does not matter.
IN_OPTAX = {k: v for k, v in CASES.items() if k not in ("AMSGrad", "Nadam")} | {
    "Adagrad": [{"lr": 0.5, "eps": 1e-300}]
}
DECAY, CLIP, CLIPS = {"weight_decay": 0.3}, {"clip_value": 2.0}, {"clip_norm": 3.0}
OPTIONS = {  # a few steps on Rosenbrock's function
    "GradientDescent": [{"lr": 1e-3} | DECAY | CLIP, {"lr": 1e-3} | CLIPS],
    "Momentum": [{"lr": 1e-3} | DECAY, {"lr": 1e-2} | DECAY | CLIPS],
    "Adagrad": [{"lr": 0.1} | DECAY],
    "RMSprop": [DECAY | CLIP],
    "Adadelta": [DECAY],
    "Adam": [{"lr": 0.1} | DECAY, {"lr": 0.1} | DECAY | CLIP, {"lr": 0.1} | CLIPS],
    "AdamW": [{"lr": 0.1} | DECAY, {"lr": 0.1} | DECAY | CLIPS],
    "AMSGrad": [{"lr": 0.1} | DECAY],
    "Nadam": [{"lr": 0.1} | DECAY],
    "Adamax": [{"lr": 0.1} | DECAY],
}
SCHEDULES = {
    "Constant": [{"lr": 0.3}],
    "Step": [{"lr": 0.3, "step_size": 7}, {"lr": 0.3, "step_size": 1, "gamma": 0.9}],
    "MultiStep": [{"lr": 0.3, "milestones": (1, 10, 30), "gamma": 0.5}],
    "Exponential": [{"lr": 0.3, "gamma": 0.9}, {"lr": 1e-3, "gamma": 1.2}],
    "InverseTime": [{"lr": 0.3, "decay": 0.2}],
    "Polynomial": [{"lr": 0.3, "steps": 20}, {"lr": 0.3, "steps": 40, "power": 2.5}],
    "Cosine": [{"lr": 0.3, "steps": 40}, {"lr": 0.3, "steps": 40, "lr_min": 0.05}],
    "CosineRestarts": [
        {"lr": 0.3, "period": 7},
        {"lr": 0.3, "period": 5, "multiplier": 2, "lr_min": 0.05},
    ],
    "OneCycle": [
        {"lr_max": 0.3, "steps": 40},
        {"lr_max": 0.3, "steps": 33, "warmup": 0.61, "div": 7.0, "final_div": 11.0},
    ],
    "Warmup": [
        {"schedule": ("Step", {"lr": 0.3, "step_size": 7}), "steps": 5},
        {"schedule": ("Cosine", {"lr": 0.3, "steps": 40}), "steps": 10},
    ],
}


# Where the libraries' own conventions differ from ours: a few steps on Rosenbrock's function, by
# the row of the book's table of conventions.
OTHERS = {
    "torch": {"dampening": ("SGD", {"lr": 1e-4, "momentum": 0.9, "dampening": 0.4})},
    "optax": {
        "adagrad-start": ("adagrad", {"learning_rate": 0.1}),
        "rmsprop-eps": ("rmsprop", {"learning_rate": 0.1, "eps": 0.01}),
        "adam-eps": ("adam", {"learning_rate": 0.1, "eps": 0.0, "eps_root": 100.0}),
        "amsgrad-max": ("amsgrad", {"learning_rate": 0.1}),
        "nadam-mu": ("nadam", {"learning_rate": 0.1}),
    },
}


# --- PyTorch ---


def in_torch(rule, hyper, start, gradient, steps):
    import torch
    from torch.optim import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RMSprop

    options = dict(hyper)
    clip_value, clip_norm = options.pop("clip_value", None), options.pop("clip_norm", None)
    if rule in ("Momentum", "Nesterov"):
        options |= {"momentum": options.pop("beta", 0.9), "nesterov": rule == "Nesterov"}
    if rule in ("Adam", "AdamW", "AMSGrad", "Nadam", "Adamax"):
        options["betas"] = options.pop("beta1", 0.9), options.pop("beta2", 0.999)
    if rule == "AMSGrad":
        options["amsgrad"] = True
    makers = {"GradientDescent": SGD, "Momentum": SGD, "Nesterov": SGD, "AMSGrad": Adam}
    makers |= {"Adagrad": Adagrad, "RMSprop": RMSprop, "Adadelta": Adadelta, "Adam": Adam}
    makers |= {"AdamW": AdamW, "Nadam": NAdam, "Adamax": Adamax}
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    stepper = makers.get(rule, SGD)([theta], **options)
    path = [theta.tolist()]
    for _ in range(steps):
        theta.grad = torch.tensor(gradient(np.array(path[-1])))
        if clip_value:
            torch.nn.utils.clip_grad_value_([theta], clip_value)
        if clip_norm:
            torch.nn.utils.clip_grad_norm_([theta], clip_norm)
        stepper.step()
        path.append(theta.tolist())
    return path


def scheduled_in_torch(name, parameters, steps):
    import torch
    from torch.optim import lr_scheduler as torch_has

    def made(name, optimizer, **p):
        p.pop("lr", None)
        if name == "Warmup":  # from 1 / n to n / n in n steps, then the other
            n, (inner, inner_parameters) = p["steps"], p["schedule"]
            ramp = torch_has.LinearLR(optimizer, 1 / n, 1.0, total_iters=n - 1)
            return torch_has.SequentialLR(
                optimizer, [ramp, made(inner, optimizer, **inner_parameters)], milestones=[n]
            )
        makers = {
            "Constant": lambda: torch_has.LambdaLR(optimizer, lambda k: 1.0),
            "Step": lambda: torch_has.StepLR(optimizer, **p),
            "MultiStep": lambda: torch_has.MultiStepLR(optimizer, **p),
            "Exponential": lambda: torch_has.ExponentialLR(optimizer, **p),
            "InverseTime": lambda: torch_has.LambdaLR(
                optimizer, lambda k: 1 / (1 + p["decay"] * k)
            ),
            "Polynomial": lambda: torch_has.PolynomialLR(
                optimizer, p["steps"], p.get("power", 1.0)
            ),
            "Cosine": lambda: torch_has.CosineAnnealingLR(
                optimizer, p["steps"], p.get("lr_min", 0.0)
            ),
            "CosineRestarts": lambda: torch_has.CosineAnnealingWarmRestarts(
                optimizer, p["period"], p.get("multiplier", 1), p.get("lr_min", 0.0)
            ),
            "OneCycle": lambda: torch_has.OneCycleLR(
                optimizer, p["lr_max"], p["steps"], pct_start=p.get("warmup", 0.3),
                div_factor=p.get("div", 25.0), final_div_factor=p.get("final_div", 1e4),
                cycle_momentum=False,
            ),
        }  # fmt: skip
        return makers[name]()

    lr = (parameters.get("schedule") or (name, parameters))[1].get("lr", 0.1)
    theta = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=lr)
    schedule = made(name, optimizer, **parameters)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


# --- optax ---


def in_optax(rule, hyper, start, gradient, steps):
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    options = dict(hyper)
    clip_value, clip_norm = options.pop("clip_value", None), options.pop("clip_norm", None)
    l2 = options.pop("weight_decay", None) if rule != "AdamW" else None
    ours = {"lr": "learning_rate", "beta": "momentum", "beta1": "b1", "beta2": "b2"}
    ours |= {"alpha": "decay"}
    options = {ours.get(name, name): value for name, value in options.items()}
    defaults = {
        "Momentum": {"momentum": 0.9},
        "Nesterov": {"momentum": 0.9, "nesterov": True},
        "Adagrad": {"initial_accumulator_value": 0.0},
        "RMSprop": {"learning_rate": 0.01, "decay": 0.99, "eps_in_sqrt": False},
        "Adadelta": {"learning_rate": 1.0},
        "Adam": {"learning_rate": 1e-3},
        "AdamW": {"learning_rate": 1e-3, "weight_decay": 0.01},
        "Adamax": {"learning_rate": 2e-3},
    }
    maker = {"GradientDescent": optax.sgd, "Momentum": optax.sgd, "Nesterov": optax.sgd}.get(rule)
    maker = maker or {"SignDescent": optax.sign_sgd}.get(rule) or getattr(optax, rule.lower())
    chain = [optax.clip(clip_value)] if clip_value else []
    chain += [optax.clip_by_global_norm(clip_norm)] if clip_norm else []
    chain += [optax.add_decayed_weights(l2)] if l2 else []
    optimizer = optax.chain(*chain, maker(**defaults.get(rule, {}) | options))
    theta = jax.numpy.array(start)
    state = optimizer.init(theta)
    path = [theta.tolist()]
    update = jax.jit(optimizer.update)
    for _ in range(steps):
        grad = jax.numpy.array(gradient(np.array(path[-1])))
        updates, state = update(grad, state, theta)
        theta = optax.apply_updates(theta, updates)
        path.append(theta.tolist())
    return path


# --- both ---


def record(source, run, cases, versions, schedules=()):
    arrays, about = {}, {}

    def keep(name, values, **facts):
        arrays[name], about[name] = np.array(values), facts

    for rule, hypers in cases.items():
        for (k, hyper), (problem, (start, gradient)) in (
            (case, p) for case in enumerate(hypers) for p in PROBLEMS.items()
        ):
            path = run(rule, hyper, start, gradient, STEPS)
            keep(f"{rule}-{k}-{problem}", path, rule=rule, hyper=hyper, problem=problem)
    for rule, hypers in OPTIONS.items():
        start, gradient = PROBLEMS["rosenbrock"]
        for k, hyper in enumerate(hypers):
            if rule in cases and not (source == "optax" and rule == "Adagrad"):
                path = run(rule, hyper, start, gradient, 20)
                facts = {"rule": rule, "hyper": hyper, "problem": "rosenbrock"}
                keep(f"{rule}-option{k}", path, **facts)
    for row, (rule, hyper) in OTHERS[source].items():
        path = run(rule, hyper, *PROBLEMS["rosenbrock"], 20)
        keep(f"other-{row}", path, row=row, hyper=hyper)
    for name, many in dict(schedules).items():
        for k, parameters in enumerate(many):
            count = parameters["steps"] if name in ("OneCycle", "Cosine") else 40
            rates = scheduled_in_torch(name, parameters, count)
            keep(f"{name}-{k}", rates, schedule=name, parameters=parameters)
    text = json.dumps({"versions": versions, "arrays": about})
    np.savez_compressed(Path(__file__).with_name(f"{source}.npz"), about=np.array(text), **arrays)


def recorded(source):
    """What `source` did: every array by its name, as "values", with what is known about it."""
    with np.load(Path(__file__).with_name(f"{source}.npz")) as file:
        about = json.loads(str(file["about"]))["arrays"]
        return {f"{source}-{name}": facts | {"values": file[name]} for name, facts in about.items()}


def main():
    import jax
    import optax
    import torch

    torch.set_default_dtype(torch.float64)  # NAdam keeps its product in the default type
    in_pytorch = {rule: hypers for rule, hypers in CASES.items() if rule != "SignDescent"}
    record("torch", in_torch, in_pytorch, {"torch": torch.__version__}, SCHEDULES)
    record("optax", in_optax, IN_OPTAX, {"optax": optax.__version__, "jax": jax.__version__})


if __name__ == "__main__":
    main()
