"""Every formula, in all three runtimes: NumPy, MicroPython as in the page, and Numba.

IEEE 754 fixes the result of ``+ - * /`` and ``sqrt`` to the last bit, so what is made of these must
be bitwise equal everywhere. It does not fix powers: two good libraries may differ in the last bit
of ``beta**t``. So formulas with a power are compared bitwise where the power itself is exact
(dyadic betas), and to 1e-12 elsewhere; so are those with exponentials, logarithms or cosines.
"""

import ast
import importlib
import inspect
import math
import pkgutil
from functools import cache
from itertools import cycle, product

import numpy as np
import pytest

import gdlib as gd
from gdlib import formulas
from gdlib.formulas import theory, updates
from gdlib.formulas.descend import descend
from gdlib.landscapes import LANDSCAPES
from tools import micropython

pytestmark = pytest.mark.filterwarnings("error")

MODULES = [
    importlib.import_module(f"gdlib.formulas.{m.name}")
    for m in pkgutil.iter_modules(formulas.__path__)
]
RULES = {cls.rule.__name__: cls for cls in gd.Optimizer.__subclasses__()}
BEYOND_ARITHMETIC = (ast.ClassDef, ast.ImportFrom, ast.AugAssign, ast.Subscript, ast.With, ast.Try)
ROUNDED_ALIKE = {
    *("sqrt", "abs", "sign", "maximum", "minimum", "where", "clip", "square", "floor", "isfinite"),
    *("pi", "e", "inf"),
}
TRIED = 40


def functions_of(module):
    return [
        f
        for f in vars(module).values()
        if inspect.isfunction(f) and f.__module__ == module.__name__
    ]


FUNCTIONS = [f for module in MODULES for f in functions_of(module)]
# Generators yield whole paths, and have tests of their own.
FORMULAS = {f.__name__: f for f in FUNCTIONS if not inspect.isgeneratorfunction(f)}


def nodes(function, kind):
    return [n for n in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(n, kind)]


def is_decay(name):
    """Whether `name` is a hyperparameter whose powers, by whole numbers of steps, are exact."""
    return name.startswith("beta") or name in ("rho", "alpha", "gamma")


def powers_in(function):
    return [n for n in nodes(function, ast.BinOp) if isinstance(n.op, ast.Pow)]


def of_steps(power):
    """Whether `power` is of a decay, by a whole number: ``beta**t``."""
    whole = {n.id for n in ast.walk(power.right) if isinstance(n, ast.Name)}
    return is_decay(ast.unparse(power.left)) and whole <= {"t", "k", "step_size"}


@cache
def rounds_alike(function, but=lambda power: False):
    """Whether IEEE 754 alone decides every bit of the result, powers aside that `but` allows."""
    elementary = {a.attr for a in nodes(function, ast.Attribute)}
    return all(map(but, powers_in(function))) and elementary <= ROUNDED_ALIKE


def agree(name, got, wanted):
    """Bitwise, if `name` is bitwise the same everywhere when decays are dyadic; else closely."""
    if rounds_alike(FORMULAS[name], of_steps):
        assert got == wanted
    else:
        closely(got, wanted)


def closely(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-13)


# --- random arguments, by the name of the parameter ---


def wide(rng):
    return float(rng.normal() * 10.0 ** rng.uniform(-3, 3))


def exact_decay(rng):
    """A beta whose powers up to the 18th are floats: (7/8)^18 needs 51 bits."""
    return float(rng.choice([0.0, 0.5, 0.75, 0.875]))


def any_decay(rng):
    return float(1 - 10.0 ** rng.uniform(-4, 0))


def between(low, high):
    return lambda rng: float(rng.uniform(low, high))


def powers_of_ten(low, high):
    return lambda rng: float(10.0 ** rng.uniform(low, high))


def whole(low, high):
    return lambda rng: int(rng.integers(low, high + 1))


SAMPLE = {
    **dict.fromkeys(["theta", "grad", "a", "b", "c", "distance"], wide),
    **dict.fromkeys(["x", "y"], between(-5, 5)),
    **dict.fromkeys(["u", "v"], between(0, 1)),
    **dict.fromkeys(["tilt"], between(-1, 1)),
    **dict.fromkeys(["slope", "warmup", "mean_square"], between(0.01, 0.99)),
    **dict.fromkeys(["factor", "power"], between(0.2, 3)),
    **dict.fromkeys(["k", "depth", "delay"], whole(0, 18)),
    **dict.fromkeys(["t", "step_size", "batch_size"], whole(1, 18)),
    **dict.fromkeys(["steps", "period", "n", "width"], whole(19, 60)),
    **dict.fromkeys(["lr", "lr_max", "curvature", "weight_variance"], powers_of_ten(-4, 1)),
    **dict.fromkeys(["noise", "start", "radius", "mu", "L", "decay"], powers_of_ten(-3, 2)),
    **dict.fromkeys(["eps", "lr_min", "weight_decay", "momentum_decay"], powers_of_ten(-8, 0)),
    **dict.fromkeys(["div", "final_div"], powers_of_ten(0, 4)),
    "multiplier": whole(1, 3),
    "seed": whole(0, 100_000),
    "state": lambda rng: tuple(rng.integers(1, 30_000, 3).tolist()),
    "milestones": lambda rng: tuple(sorted(rng.choice(18, 3, replace=False).tolist())),
    "centered": lambda rng: bool(rng.integers(2)),
}
POINT = {"theta", "grad", "x", "y", "seed"}  # what may be an array; the rest are numbers


def sample(function, rng, decay=exact_decay):
    """Random arguments of `function`, by name; a state is one that the rule itself has left."""
    names = list(inspect.signature(function).parameters)
    rule = function.__name__ in RULES
    drawn = [n for n in names if not (rule and n == "state")]
    args = {n: (decay if is_decay(n) else SAMPLE[n])(rng) for n in drawn}
    if rule:
        state = (0.0,) * len(RULES[function.__name__].memory)
        for _ in range(rng.integers(0, 4)):
            state = function(**args | {"grad": wide(rng), "state": state})[1]
        args["state"] = tuple(float(v) for v in state)
    return {n: args[n] for n in names}


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
    return {f.__name__: numba.njit(error_model="numpy")(f) for f in [*FORMULAS.values(), descend]}


def in_numba(compiled, name, decay=exact_decay):
    """As fast code calls it: `t` as a float, for Numba multiplies an integer power out."""
    calls = [
        {n: float(v) if n == "t" else v for n, v in args.items()} for args in samples(name, decay)
    ]
    return [flat(compiled[name](*args.values())) for args in calls]


# --- one formula, one result ---


def test_introspection_finds_the_formulas():
    some = {"gradient_descent", "adam", "beale_hessian", "wiggle_slope", "window", "relu", "cosine"}
    assert some <= set(FORMULAS) and len(FORMULAS) == len(FUNCTIONS) - 2, "two of one name"
    assert {f.__name__ for f in functions_of(updates)} == set(RULES), "a rule without an optimiser"


def test_what_is_compared_bitwise():
    """Nothing that could be is compared closely only."""
    alike = {name for name in FORMULAS if rounds_alike(FORMULAS[name])}
    with_powers = {name for name in FORMULAS if rounds_alike(FORMULAS[name], of_steps)} - alike
    assert {"momentum", "rmsprop", "beale", "lessard", "noise_floor", "relu", "warmup"} <= alike
    assert with_powers == {"adam", "adamw", "amsgrad", "adamax", "step", "exponential"}
    assert set(RULES) - alike - with_powers == {"nadam"}
    for name in FORMULAS.keys() - alike - with_powers:
        beyond = {a.attr for a in nodes(FORMULAS[name], ast.Attribute)} - ROUNDED_ALIKE
        assert beyond or name in ("nadam", "polynomial"), name


def test_numbers_cross_unchanged():
    rng = np.random.default_rng(0)
    numbers = (rng.normal(size=3000) * 10.0 ** rng.integers(-300, 300, 3000)).tolist()
    numbers += [5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, -0.0]
    (back,) = micropython.run([("extra", "same", [numbers])], "def same(v): return v")
    infinite = micropython.run([("extra", "far", [])], "def far(): return [1e999, -1e999]")
    assert [float(v) for v in infinite[0]] == [math.inf, -math.inf]
    assert [v.hex() for v in map(float, back)] == [v.hex() for v in numbers]


@pytest.mark.parametrize("name", FORMULAS)
def test_micropython_equals_python(name, in_micropython):
    agree(name, in_micropython[name, exact_decay], in_python(name))


@pytest.mark.parametrize("name", FORMULAS)
def test_numba_equals_python(name, compiled):
    agree(name, in_numba(compiled, name), in_python(name))


@pytest.mark.parametrize("name", FORMULAS)
def test_an_array_equals_its_elements(name):
    function, calls = FORMULAS[name], samples(name)
    may_be = calls[0].keys() if function.__module__ == theory.__name__ else POINT & calls[0].keys()
    points = {n: np.array([args[n] for args in calls]) for n in may_be}
    if "state" in calls[0]:
        points["state"] = tuple(
            np.array(v) for v in zip(*(args["state"] for args in calls), strict=True)
        )
    for args in calls[:5]:
        whole = np.array(
            [np.broadcast_to(part, len(calls)) for part in flat(function(**args | points))]
        )
        for column, one in zip(whole.T, calls, strict=True):
            agree(name, column.tolist(), flat(function(**args | {n: one[n] for n in points})))


@pytest.mark.parametrize("name", [n for n in FORMULAS if not rounds_alike(FORMULAS[n])])
def test_powers_of_any_base_agree_closely(name, in_micropython, compiled):
    wanted = in_python(name, any_decay)
    closely(in_micropython[name, any_decay], wanted)
    closely(in_numba(compiled, name, any_decay), wanted)


# --- whole paths ---

STEPS = 120
PATH = """
from gdlib.formulas import landscapes, updates
from gdlib.formulas.descend import descend

def path(rule, memory, formula, start, steps, hyper, shape):
    rule, zeros = getattr(updates, rule), (0.0,) * memory
    loss, gradient = getattr(landscapes, formula), getattr(landscapes, formula + "_gradient")
    return list(descend(rule, loss, gradient, start, zeros, steps, hyper, shape))

def powers(base, exponents):
    return [base**k for k in exponents]
"""
WITH_POWERS = [rule for rule in RULES if not rounds_alike(FORMULAS[rule])]
WITHOUT_POWERS = [rule for rule in RULES if rounds_alike(FORMULAS[rule])]
LANDS = [
    gd.landscape(name, **({"condition": 7.5, "angle": 0.6} if name == "bowl" else {}))
    for name in LANDSCAPES
]
ROUND_LANDS = [land for land in LANDS if all(map(rounds_alike, land.functions[:2]))]


def runs(rules, lands, decay, repeats, rates=(-4, -0.5)):
    """Random settings of each rule on each landscape; some diverge."""
    rng = np.random.default_rng(1983)
    for rule, land, _ in product(rules, lands, range(repeats)):
        start = [float(rng.uniform(*ends)) for ends in land.domain]
        hyper = {"lr": float(10.0 ** rng.uniform(*rates))}
        for field in list(inspect.signature(FORMULAS[rule]).parameters)[5:]:
            hyper[field] = decay(rng, field) if is_decay(field) else SAMPLE[field](rng)
        yield RULES[rule](**hyper), land, start


def uniform_decay(rng, field):
    return float(rng.uniform(0, 0.99))


def default_decay(rng, field):
    return 0.9 if field == "beta1" else 0.999


def paths(settings, steps=STEPS):
    """Each run as `descend` gives it in Python and in MicroPython, and as `minimize` does."""
    settings = list(settings)
    calls = []
    for opt, land, start in settings:
        formula, hyper = land.functions[0].__name__, list(opt.hyper.values())
        args = [opt.rule.__name__, len(opt.memory), formula, start, steps, hyper, land.shape]
        calls.append(("extra", "path", args))
    there = [np.array(p) for p in micropython.run(calls, PATH)]
    here, minimized = [], []
    for opt, land, start in settings:
        zeros = (0.0,) * len(opt.memory)
        loss, gradient, _ = land.functions
        with np.errstate(all="ignore"):
            run = descend(
                opt.rule, loss, gradient, start, zeros, steps, opt.hyper.values(), land.shape
            )
            here.append(np.array(list(run)))
        trace = gd.minimize(land, start, opt, steps)
        minimized.append(np.column_stack([trace.theta, trace.loss]))
        assert trace.diverged == (len(here[-1]) <= steps)
    return here, there, minimized


def test_paths_without_powers_are_bitwise_equal():
    here, there, minimized = paths(runs(WITHOUT_POWERS, ROUND_LANDS, uniform_decay, repeats=2))
    assert any(len(p) <= STEPS for p in here) and any(len(p) == STEPS + 1 for p in here)
    for a, b, c in zip(here, there, minimized, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


def test_default_paths_with_powers_are_bitwise_equal_where_the_powers_are():
    """The powers are all that can differ; with the C libraries of most machines they do not."""
    bases = {0.9: range(1, STEPS + 1), 0.999: range(1, STEPS + 1)}
    powers = micropython.run([("extra", "powers", [b, list(ks)]) for b, ks in bases.items()], PATH)
    wanted = [[base**k for k in exponents] for base, exponents in bases.items()]
    closely(powers, wanted)
    same = np.testing.assert_array_equal if powers == wanted else nearly
    rules = [rule for rule in WITH_POWERS if rounds_alike(FORMULAS[rule], of_steps)]
    for a, b, c in zip(*paths(runs(rules, ROUND_LANDS, default_decay, repeats=3)), strict=True):
        np.testing.assert_array_equal(a, c)
        same(a, b)


def test_paths_with_powers_of_any_decay_agree_nearly():
    settings = runs(WITH_POWERS, ROUND_LANDS, uniform_decay, repeats=2)
    for a, b, c in zip(*paths(settings), strict=True):
        np.testing.assert_array_equal(a, c)
        nearly(a, b)


def test_paths_on_landscapes_with_waves_agree_nearly():
    """Short paths of small steps, for a long one would enlarge the last bit of a cosine."""
    lands = [land for land in LANDS if land not in ROUND_LANDS]
    assert {land.name for land in lands} == {"mccormick", "rastrigin", "ackley"}
    settings = runs(RULES, lands, uniform_decay, repeats=2, rates=(-5, -3))
    for a, b, c in zip(*paths(settings, steps=30), strict=True):
        nearly(a, c)
        nearly(a, b)


def nearly(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule, name", [*zip(RULES, cycle(["bowl", "himmelblau"]))])
def test_descend_compiles_unchanged(rule, name, compiled):
    land, optimizer = gd.landscape(name), RULES[rule](lr=0.01)
    zeros, hyper = (0.0,) * len(optimizer.memory), tuple(optimizer.hyper.values())
    loss, gradient, _ = land.functions
    fast = (compiled[f.__name__] for f in (optimizer.rule, loss, gradient))
    path = list(compiled["descend"](*fast, land.start, zeros, 40, hyper, land.shape))
    usual = list(descend(optimizer.rule, loss, gradient, land.start, zeros, 40, hyper, land.shape))
    same = np.testing.assert_array_equal if rounds_alike(FORMULAS[rule]) else nearly
    same(path, usual)


@pytest.mark.parametrize("delay", [0, 1, 5])
def test_delayed_descent_is_bitwise_equal_in_micropython(delay):
    args = [1.25, 0.3, 0.7, delay, 50]
    extra = "from gdlib.formulas import theory\n\ndef path(args):"
    extra += " return list(theory.delayed_descent(*args))"
    (there,) = micropython.run([("extra", "path", [args])], extra)
    assert there == list(theory.delayed_descent(*args))


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


ARITY = {"clip": 3, "where": 3} | dict.fromkeys(["maximum", "minimum", "power"], 2)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-7, -1e-7, 1e-20, 700.0, -800.0, 1e300, -1e300]
SPECIAL += [math.inf, -math.inf, math.nan]


def arguments_for(name, rng):
    """Random numbers, and special ones that `math` and NumPy take differently."""
    arity = ARITY.get(name, 1)
    args = (rng.uniform(0.1, 5, (50, arity)) * rng.choice([-1, 1], (50, arity))).tolist()
    if name == "clip":
        args = [[v, *sorted(ends)] for v, *ends in args]
        return [*args, (math.nan, 0, 1), (-math.inf, 0, 1), (math.inf, 0, 1)]
    if name == "where":
        return [*args, (0.0, 1, 2), (1.0, math.nan, 2), (1.0, 2, math.inf)]
    if name == "power":
        return [*args, *product([0.0, 0.5, 1.0, 10.0, -2.0, math.nan], [0, 1, 3, 400, -400, 0.5])]
    return [*args, *product(SPECIAL, repeat=arity)]


def test_the_page_numpy_is_numpy():
    rng = np.random.default_rng(3)
    names = [name for name in page_numpy() if callable(getattr(np, name))]
    calls = [(name, args) for name in names for args in arguments_for(name, rng)]
    with np.errstate(all="ignore"):
        wanted = [float(getattr(np, name)(*args)) for name, args in calls]
    extra = "import numpy\n\ndef at(name, *args):\n"
    extra += "    return float(getattr(numpy, name)(*[float(v) for v in args]))\n"
    asked = [("extra", "at", [name, *(repr(float(v)) for v in args)]) for name, args in calls]
    got = micropython.run(asked, extra)
    for call, one, other in zip(calls, got, wanted, strict=True):
        np.testing.assert_allclose(float(one), other, rtol=1e-14, err_msg=str(call))


def test_the_constants_of_the_page_numpy_are_those_of_numpy():
    names = [n for n in page_numpy() if not callable(getattr(np, n))]
    extra = "import numpy\n\ndef shown(name):\n    return repr(getattr(numpy, name))\n"
    got = micropython.run([("extra", "shown", [name]) for name in names], extra)
    assert {"pi", "e", "inf", "nan"} == set(names)
    np.testing.assert_array_equal([float(v) for v in got], [getattr(np, name) for name in names])
