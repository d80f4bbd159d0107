"""Every formula, in all three runtimes: NumPy, MicroPython as in the page, and Numba.

IEEE 754 fixes the result of ``+ - * /`` and ``sqrt`` to the last bit, so what is made of these must
be bitwise equal everywhere. It does not fix powers: two good libraries may differ in the last bit
of ``beta**t``. So formulas with a power are compared bitwise where the power itself is exact
(dyadic betas), and to 1e-12 elsewhere.
"""

import ast
import importlib
import inspect
import math
import pkgutil
from itertools import product

import numpy as np
import pytest

import gdlib as gd
from gdlib import formulas
from gdlib.formulas import updates
from gdlib.formulas.descend import descend
from tests.runtimes import micropython

pytestmark = pytest.mark.filterwarnings("error")

MODULES = [
    importlib.import_module(f"gdlib.formulas.{m.name}")
    for m in pkgutil.iter_modules(formulas.__path__)
]
RULES = {cls.rule.__name__: cls for cls in gd.Optimizer.__subclasses__()}
LANDSCAPES = ["bowl", "rosenbrock", "beale", "himmelblau", "saddle"]
ROUNDED_ALIKE = {"sqrt", "isfinite", "abs", "sign", "maximum", "minimum", "where", "clip", "square"}
BEYOND_ARITHMETIC = (ast.ClassDef, ast.ImportFrom, ast.AugAssign, ast.Subscript, ast.With, ast.Try)
TRIED = 40


def functions_of(module):
    return [
        f
        for f in vars(module).values()
        if inspect.isfunction(f) and f.__module__ == module.__name__
    ]


# `descend` takes functions, and has its own tests below.
FORMULAS = {f.__name__: f for module in MODULES for f in functions_of(module) if f is not descend}


def nodes(function, kind):
    return [n for n in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(n, kind)]


def rounds_alike(function):
    """Whether IEEE 754 alone decides every bit of the result."""
    elementary = {a.attr for a in nodes(function, ast.Attribute)}
    return not nodes(function, ast.Pow) and elementary <= ROUNDED_ALIKE


# --- random arguments, by the name of the parameter ---


def wide(rng):
    return float(rng.normal() * 10.0 ** rng.uniform(-3, 3))


def exact_decay(rng):
    """A beta whose powers up to the 18th are floats: (7/8)^18 needs 51 bits."""
    return float(rng.choice([0.0, 0.5, 0.75, 0.875]))


def any_decay(rng):
    return float(1 - 10.0 ** rng.uniform(-4, 0))


SAMPLE = {
    **dict.fromkeys(["theta", "grad", "a", "b", "c"], wide),
    **dict.fromkeys(["x", "y"], lambda rng: float(rng.uniform(-5, 5))),
    "t": lambda rng: int(rng.integers(1, 19)),
    "lr": lambda rng: float(10.0 ** rng.uniform(-4, 1)),
    "eps": lambda rng: float(10.0 ** rng.uniform(-8, 0)),
}
POINT = {"theta", "grad", "x", "y"}  # what may be an array; the rest are numbers


def sample(function, rng, decay=exact_decay):
    """Random arguments of `function`, by name; a state is one that the rule itself has left."""
    names = [n for n in inspect.signature(function).parameters if n != "state"]
    args = {n: (decay if n.startswith("beta") else SAMPLE[n])(rng) for n in names}
    if function.__name__ in RULES:
        state = (0.0,) * len(RULES[function.__name__].memory)
        for _ in range(rng.integers(0, 4)):
            state = function(**args | {"grad": wide(rng), "state": state})[1]
        args["state"] = tuple(float(v) for v in state)
    return {n: args[n] for n in inspect.signature(function).parameters}


def samples(name, decay=exact_decay):
    rng = np.random.default_rng([1847, *name.encode()])
    return [sample(FORMULAS[name], rng, decay) for _ in range(TRIED)]


def flat(result):
    """The numbers in nested tuples or lists, in order."""
    if isinstance(result, (tuple, list)):
        return [number for part in result for number in flat(part)]
    return [result if isinstance(result, np.ndarray) else float(result)]


def in_python(name, decay=exact_decay):
    return [flat(FORMULAS[name](**args)) for args in samples(name, decay)]


@pytest.fixture(scope="module")
def in_micropython():
    """Both kinds of samples of every formula, in one MicroPython."""
    keys = list(product(FORMULAS, [exact_decay, any_decay]))
    calls = [
        (FORMULAS[name].__module__, name, list(args.values()))
        for name, decay in keys
        for args in samples(name, decay)
    ]
    results = iter(micropython.run(calls))
    return {key: [flat(next(results)) for _ in range(TRIED)] for key in keys}


@pytest.fixture(scope="module")
def compiled():
    numba = pytest.importorskip("numba")
    functions = {name: numba.njit(error_model="numpy")(f) for name, f in FORMULAS.items()}
    return functions | {"descend": numba.njit(error_model="numpy")(descend)}


def in_numba(compiled, name, decay=exact_decay):
    """As fast code calls it: `t` as a float, for Numba multiplies an integer power out."""
    calls = [
        {n: float(v) if n == "t" else v for n, v in args.items()} for args in samples(name, decay)
    ]
    return [flat(compiled[name](*args.values())) for args in calls]


# --- one formula, one result ---


def test_introspection_finds_the_formulas():
    assert {"gradient_descent", "momentum", "nesterov", "adam", "beale_hessian"} <= set(FORMULAS)
    assert {f.__name__ for f in functions_of(updates)} == set(RULES), "a rule without an optimiser"
    assert [name for name in FORMULAS if not rounds_alike(FORMULAS[name])] == ["adam"]


def test_numbers_cross_unchanged():
    rng = np.random.default_rng(0)
    numbers = (rng.normal(size=3000) * 10.0 ** rng.integers(-300, 300, 3000)).tolist()
    numbers += [5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, -0.0]
    (back,) = micropython.run([("extra", "same", [numbers])], "def same(v): return v")
    assert [v.hex() for v in map(float, back)] == [v.hex() for v in numbers]


@pytest.mark.parametrize("name", FORMULAS)
def test_micropython_equals_python(name, in_micropython):
    assert in_micropython[name, exact_decay] == in_python(name)


@pytest.mark.parametrize("name", FORMULAS)
def test_numba_equals_python(name, compiled):
    assert in_numba(compiled, name) == in_python(name)


@pytest.mark.parametrize("name", FORMULAS)
def test_an_array_equals_its_elements(name):
    function, calls = FORMULAS[name], samples(name)
    points = {n: np.array([args[n] for args in calls]) for n in POINT & calls[0].keys()}
    if "state" in calls[0]:
        points["state"] = tuple(
            np.array(v) for v in zip(*(args["state"] for args in calls), strict=True)
        )
    for args in calls[:5]:
        whole = np.array(
            [np.broadcast_to(part, len(calls)) for part in flat(function(**args | points))]
        )
        for column, one in zip(whole.T, calls, strict=True):
            assert column.tolist() == flat(function(**args | {n: one[n] for n in points}))


@pytest.mark.parametrize("name", [n for n in FORMULAS if not rounds_alike(FORMULAS[n])])
def test_powers_of_any_base_agree_closely(name, in_micropython, compiled):
    wanted = in_python(name, any_decay)
    np.testing.assert_allclose(in_micropython[name, any_decay], wanted, rtol=1e-12)
    np.testing.assert_allclose(in_numba(compiled, name, any_decay), wanted, rtol=1e-12)


# --- whole paths ---

STEPS = 120
PATH = """
from gdlib.formulas import landscapes, updates
from gdlib.formulas.descend import descend

def path(rule, memory, formula, start, steps, hyper, shape):
    rule, zeros = getattr(updates, rule), (0.0,) * memory
    loss, gradient = getattr(landscapes, formula), getattr(landscapes, formula + "_gradient")
    return list(descend(rule, loss, gradient, start, zeros, steps, hyper, shape))

def powers(beta, steps):
    return [1 - beta**t for t in range(1, steps + 1)]
"""


def runs(decay, repeats=3):
    """Random settings of every rule on every landscape; some diverge."""
    rng = np.random.default_rng(1983)
    for (rule, cls), name, _ in product(RULES.items(), LANDSCAPES, range(repeats)):
        land = gd.landscape(name, **({"condition": 7.5, "angle": 0.6} if name == "bowl" else {}))
        start = [float(rng.uniform(*ends)) for ends in land.domain]
        hyper = {"lr": float(10.0 ** rng.uniform(-4, -0.5))}
        for field in list(inspect.signature(updates.__dict__[rule]).parameters)[5:]:
            hyper[field] = decay(rng, field) if field.startswith("beta") else SAMPLE[field](rng)
        yield rule, cls(**hyper), land, start


def default_decay(rng, field):
    return {"beta": 0.9, "beta1": 0.9, "beta2": 0.999}[field]


def paths(settings):
    """Each run as `descend` gives it in Python and in MicroPython, and as `minimize` does."""
    settings = list(settings)
    calls = []
    for rule, opt, land, start in settings:
        formula, hyper = land.functions[0].__name__, list(opt.hyper.values())
        args = [rule, len(opt.memory), formula, start, STEPS, hyper, land.shape]
        calls.append(("extra", "path", args))
    there = [np.array(p) for p in micropython.run(calls, PATH)]
    here, minimized = [], []
    for _, opt, land, start in settings:
        zeros = (0.0,) * len(opt.memory)
        loss, gradient, _ = land.functions
        with np.errstate(all="ignore"):
            run = descend(
                opt.rule, loss, gradient, start, zeros, STEPS, opt.hyper.values(), land.shape
            )
            here.append(np.array(list(run)))
        trace = gd.minimize(land, start, opt, STEPS)
        minimized.append(np.column_stack([trace.theta, trace.loss]))
        assert trace.diverged == (len(here[-1]) <= STEPS)
    return settings, here, there, minimized


def test_paths_without_powers_are_bitwise_equal():
    settings = [run for run in runs(lambda rng, _: float(rng.uniform(0, 0.99))) if run[0] != "adam"]
    _, here, there, minimized = paths(settings)
    assert any(len(p) <= STEPS for p in here) and any(len(p) == STEPS + 1 for p in here)
    for a, b, c in zip(here, there, minimized, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


def test_default_adam_paths_are_bitwise_equal_where_the_powers_are():
    """The powers are all that can differ; with the C libraries of most machines they do not."""
    decays = [[0.9, STEPS], [0.999, STEPS]]
    powers = micropython.run([("extra", "powers", decay) for decay in decays], PATH)
    alike = powers == [[1 - beta**t for t in range(1, n + 1)] for beta, n in decays]
    np.testing.assert_allclose(
        powers, [[1 - b**t for t in range(1, n + 1)] for b, n in decays], rtol=1e-12
    )
    _, here, there, minimized = paths(run for run in runs(default_decay) if run[0] == "adam")
    for a, b, c in zip(here, there, minimized, strict=True):
        np.testing.assert_array_equal(a, c)
        (np.testing.assert_array_equal if alike else closely)(a, b)


def test_adam_paths_of_any_decay_agree_closely():
    settings = runs(lambda rng, _: float(rng.uniform(0, 0.999)), repeats=6)
    _, here, there, minimized = paths(run for run in settings if run[0] == "adam")
    for a, b, c in zip(here, there, minimized, strict=True):
        np.testing.assert_array_equal(a, c)
        closely(a, b)


def closely(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["bowl", "himmelblau"])
def test_descend_compiles_unchanged(rule, name, compiled):
    land, optimizer = gd.landscape(name), RULES[rule](lr=0.01)
    zeros, hyper = (0.0,) * len(optimizer.memory), tuple(optimizer.hyper.values())
    loss, gradient, _ = land.functions
    fast = (compiled[f.__name__] for f in (optimizer.rule, loss, gradient))
    path = list(compiled["descend"](*fast, land.start, zeros, 40, hyper, land.shape))
    usual = list(descend(optimizer.rule, loss, gradient, land.start, zeros, 40, hyper, land.shape))
    same = np.testing.assert_array_equal if rounds_alike(FORMULAS[rule]) else closely
    same(path, usual)


def test_descend_yields_the_start_and_then_each_step():
    run = descend(
        updates.gradient_descent,
        lambda x, y: x + y,
        lambda x, y: (1.0, 1.0),
        (2.0, 3.0),
        (),
        2,
        (0.5,),
    )
    assert list(run) == [(2.0, 3.0, 5.0), (1.5, 2.5, 4.0), (1.0, 2.0, 3.0)]


def test_descend_counts_steps_from_one():
    seen = []

    def rule(theta, grad, state, t, lr):
        seen.append(t)
        return theta, state

    list(descend(rule, lambda x, y: x, lambda x, y: (x, y), (1.0, 1.0), (), 2, (0.1,)))
    assert seen[::2][:2] == [1, 2] and seen[::2] == seen[1::2]


@pytest.mark.parametrize("bad", [math.inf, math.nan])
@pytest.mark.parametrize("place", range(3))
def test_descend_ends_where_anything_is_not_finite(bad, place):
    def value(k, good):
        return lambda x, y: bad if k == place and x < 0.75 else good

    def gradient(x, y):
        return value(1, 1.0)(x, y), value(2, 0.0)(x, y)

    run = descend(updates.gradient_descent, value(0, 5.0), gradient, (1.0, 0.0), (), 9, (0.1,))
    assert [x for x, _, _ in run] == pytest.approx([1.0, 0.9, 0.8])


# --- what the files may contain ---


def page_numpy():
    """The names that the page's small NumPy offers."""
    for node in ast.parse(micropython.page_python()["numpy.py"]).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_formulas_are_plain_arithmetic(module):
    offered = set(page_numpy())
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        assert not isinstance(node, BEYOND_ARITHMETIC), ast.unparse(node)
        if isinstance(node, ast.Import):
            assert ast.unparse(node) == "import numpy as np"
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node.value) == "np", ast.unparse(node)
            assert node.attr in offered, f"the page's numpy has no {node.attr}"


def test_the_page_numpy_is_numpy():
    rng = np.random.default_rng(3)
    wanted, calls = [], []
    for name in page_numpy():
        if not callable(getattr(np, name)):
            wanted.append(getattr(np, name))
            calls.append(("extra", "shown", [name]))
            continue
        arity = {"clip": 3, "where": 3, "maximum": 2, "minimum": 2}.get(name, 1)
        for _ in range(50):
            signs = 1 if name in ("sqrt", "log") else rng.choice([-1, 1], arity)
            args = rng.uniform(0.1, 5, arity) * signs
            if name == "clip":
                args[1:] = sorted(args[1:])
            wanted.append(float(getattr(np, name)(*args)))
            calls.append(("numpy", name, args.tolist()))
    extra = "import numpy\n\ndef shown(name):\n    return str(getattr(numpy, name))\n"
    got = [float(v) for v in micropython.run(calls, extra)]
    np.testing.assert_allclose(got, wanted, rtol=1e-14)
