"""The schedules: recorded from PyTorch, closed forms, where they start and end, and checks."""

import inspect
import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gdlib as gd
from gdlib import schedules
from gdlib.formulas import schedules as formulas
from tests.golden.record import recorded

pytestmark = pytest.mark.filterwarnings("error")

SCHEDULES = schedules.Schedule.__subclasses__()
GOLDEN = {name: run for name, run in recorded("torch").items() if "schedule" in run}
ONE_OF_EACH = [
    schedules.Constant(0.1),
    schedules.Step(0.1, 3),
    schedules.MultiStep(0.1, (2, 5)),
    schedules.Exponential(0.1, 0.9),
    schedules.InverseTime(0.1, 0.5),
    schedules.Polynomial(0.1, 8, 2.0),
    schedules.Cosine(0.1, 8, 0.01),
    schedules.CosineRestarts(0.1, 3, 2, 0.01),
    schedules.OneCycle(0.1, 8),
    schedules.Warmup(schedules.Step(0.1, 3), 4),
]

each = pytest.mark.parametrize("schedule", ONE_OF_EACH, ids=lambda s: type(s).__name__)
rates = st.floats(1e-6, 1e2)


def values(schedule, count, start=0):
    return [schedule(k) for k in range(start, start + count)]


# --- recorded from PyTorch ---


def made(name, parameters):
    """The schedule, from its parameters as JSON has them."""
    if name == "Warmup":
        parameters = parameters | {"schedule": made(*parameters["schedule"])}
    if name == "MultiStep":
        parameters = parameters | {"milestones": tuple(parameters["milestones"])}
    return getattr(schedules, name)(**parameters)


@pytest.mark.parametrize("name", GOLDEN)
def test_rates_are_pytorchs(name):
    run = GOLDEN[name]
    schedule, wanted = made(run["schedule"], run["parameters"]), run["values"]
    # PyTorch computes some rates from the one before, and adds up their rounding
    np.testing.assert_allclose(
        values(schedule, len(wanted)), wanted, rtol=1e-12, atol=4e-15 * max(wanted)
    )
    assert len(wanted) >= 33


def test_every_schedule_is_recorded_with_every_parameter():
    for cls in SCHEDULES:
        runs = [run for run in GOLDEN.values() if run["schedule"] == cls.__name__]
        assert {name for run in runs for name in run["parameters"]} == {f.name for f in fields(cls)}


# --- the first step, the last, and those beside a change ---


@each
def test_the_first_step_has_the_base_rate(schedule):
    low = {"OneCycle": 0.1 / 25, "Warmup": 0.1 / 4}
    assert schedule(0) == pytest.approx(low.get(type(schedule).__name__, 0.1), rel=1e-15)


@each
def test_rates_are_python_floats(schedule):
    assert {type(rate) for rate in values(schedule, 12)} == {float}
    assert schedule(np.int64(3)) == schedule(3)


def test_step_falls_at_its_multiples_and_not_one_off():
    schedule = schedules.Step(lr=1.0, step_size=3, gamma=0.5)
    assert values(schedule, 8) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_multi_step_falls_at_its_milestones_and_not_one_off():
    schedule = schedules.MultiStep(lr=1.0, milestones=(1, 4), gamma=0.5)
    assert values(schedule, 6) == [1, 0.5, 0.5, 0.5, 0.25, 0.25]


@given(lr=rates, size=st.integers(1, 9), count=st.integers(1, 5))
def test_step_is_multi_step_at_the_multiples(lr, size, count):
    multiples = tuple(size * (k + 1) for k in range(count))
    paths = (
        values(schedules.Step(lr, size, 0.5), size * (count + 1)),
        values(schedules.MultiStep(lr, multiples, 0.5), size * (count + 1)),
    )
    assert paths[0] == paths[1]


def test_exponential_halves_at_its_half_life():
    """That is ln(1/2) / ln(gamma), not 1 / gamma."""
    gamma = 0.5 ** (1 / 20)
    schedule = schedules.Exponential(0.3, gamma)
    assert schedule(20) == pytest.approx(0.15, rel=1e-14)
    assert sum(values(schedule, 3000)) == pytest.approx(0.3 / (1 - gamma), rel=1e-12)


def test_inverse_time_halves_at_one_over_decay_and_then_falls_like_one_over_k():
    schedule = schedules.InverseTime(0.3, 0.125)
    assert schedule(8) == 0.15
    assert schedule(10**9) * 10**9 == pytest.approx(0.3 / 0.125, rel=1e-7)


@pytest.mark.parametrize("steps", [1, 2, 10])
def test_the_end_comes_after_the_last_step_and_stays(steps):
    for schedule, last in [
        (schedules.Polynomial(1.0, steps), 0.0),
        (schedules.Polynomial(1.0, steps, 0.5), 0.0),
        (schedules.Cosine(1.0, steps, 0.25), 0.25),
        (schedules.Cosine(1.0, steps), 0.0),
    ]:
        path = values(schedule, 3 * steps + 2)
        assert path[steps:] == [last] * (2 * steps + 2)
        assert min(path[:steps]) > last


def test_cosine_is_halfway_down_at_half_time():
    assert schedules.Cosine(0.5, 10, 0.1)(5) == pytest.approx(0.3, rel=1e-15)


@given(period=st.integers(1, 9), multiplier=st.integers(1, 3), lr_min=st.floats(0, 0.5))
def test_each_restart_is_a_cosine_of_its_own(period, multiplier, lr_min):
    schedule, start = schedules.CosineRestarts(1.0, period, multiplier, lr_min), 0
    for _ in range(4):
        alone = values(schedules.Cosine(1.0, period, lr_min), period)
        assert values(schedule, period, start) == alone
        start, period = start + period, period * multiplier


def test_a_restart_late_in_a_run_is_found_at_once():
    assert schedules.CosineRestarts(1.0, 10)(10**15 + 5) == pytest.approx(0.5)


@given(steps=st.integers(1, 50), warmup=st.floats(0, 0.99))
def test_one_cycle_rises_falls_and_stays(steps, warmup):
    schedule = schedules.OneCycle(1.0, steps, warmup, div=10, final_div=100)
    path = np.array(values(schedule, steps))
    top, peak = path.argmax(), warmup * steps - 1
    assert (np.diff(path[: top + 1]) > 0).all() and (np.diff(path[top:]) < 0).all()
    assert abs(top - max(peak, 0)) <= 1 and path.max() <= 1.0 + 1e-15
    assert path[-1] == pytest.approx(1e-3, rel=1e-12)
    assert values(schedule, 5, steps) == [path[-1]] * 5
    if peak > 0:
        assert path[0] == pytest.approx(0.1, rel=1e-12)


def test_the_peak_of_one_cycle():
    assert schedules.OneCycle(0.7, steps=20, warmup=0.25)(4) == 0.7


# --- warm-up ---


@given(lr=rates, steps=st.integers(1, 40))
def test_warm_up_takes_equal_parts_none_of_them_zero(lr, steps):
    schedule = schedules.Warmup(schedules.Constant(lr), steps)
    path = values(schedule, steps + 3)
    np.testing.assert_allclose(path[:steps], lr * np.arange(1, steps + 1) / steps, rtol=1e-14)
    assert path[steps - 1 :] == [lr] * 4


@each
@pytest.mark.parametrize("steps", [1, 5])
def test_after_the_warm_up_the_schedule_starts_from_its_beginning(schedule, steps):
    warmed = schedules.Warmup(schedule, steps)
    assert warmed(steps - 1) == schedule(0)
    assert values(warmed, 12, steps) == values(schedule, 12)


def test_a_warm_up_of_a_warm_up_and_of_a_function():
    twice = schedules.Warmup(schedules.Warmup(schedules.Constant(1.0), 2), 2)
    assert values(twice, 5) == [0.25, 0.5, 0.5, 1.0, 1.0]
    assert values(schedules.Warmup(lambda k: 8 - k, 4), 6) == [2, 4, 6, 8, 8, 7]


def test_warm_up_stepped_wrongly_begins_with_the_full_rate_and_a_zero():
    """A well-known mistake: the rate is set after each epoch, and counted from zero.

    So the first epoch runs at the optimiser's own rate, all of it, and the second at none. Here a
    step asks for its own rate, and the first is the first.
    """
    lr, epochs = 0.3, 5
    current, ran = lr, []
    for epoch in range(epochs):
        ran.append(current)
        current = lr * epoch / epochs
    np.testing.assert_allclose(ran, [0.3, 0.0, 0.06, 0.12, 0.18], rtol=1e-12)

    optimizer = gd.GradientDescent(lr=schedules.Warmup(schedules.Constant(lr), epochs))
    theta, state, moved = np.zeros(1), optimizer.init(np.zeros(1)), []
    for _ in range(epochs + 1):
        before, (theta, state) = theta, optimizer.step(theta, np.array([-1.0]), state)
        moved.append((theta - before).item())
    np.testing.assert_allclose(moved, [0.06, 0.12, 0.18, 0.24, 0.3, 0.3], rtol=1e-12)


# --- the pattern ---


@pytest.mark.parametrize("cls", SCHEDULES)
def test_formula_and_schedule_have_the_same_parameters(cls):
    taken = list(inspect.signature(cls.formula).parameters.values())[1:]
    ours = {field.name: field.default for field in fields(cls)}
    if cls is schedules.Warmup:
        assert list(ours) == ["schedule", "steps"] and [p.name for p in taken] == ["lr", "steps"]
        return
    assert [p.name for p in taken] == list(ours)
    for parameter in taken:
        assert parameter.default is inspect.Parameter.empty or (
            parameter.default == ours[parameter.name]
        )


def test_every_formula_has_its_schedule():
    ours = {f for f in vars(formulas).values() if inspect.isfunction(f)}
    assert ours == {cls.formula for cls in SCHEDULES}
    assert set(schedules.__all__) == {cls.__name__ for cls in SCHEDULES} | {"Schedule"}
    assert [type(schedule) for schedule in ONE_OF_EACH] == SCHEDULES


@each
def test_a_schedule_is_a_value(schedule):
    parameters = {field.name: getattr(schedule, field.name) for field in fields(schedule)}
    same = type(schedule)(**parameters)
    assert same == schedule and hash(same) == hash(schedule)
    before = values(schedule, 9)
    assert values(schedule, 9) == before
    with pytest.raises(FrozenInstanceError):
        schedule.steps = 3


@pytest.mark.parametrize(
    "schedule, text",
    [
        (schedules.Step(0.1, 3), "Step(lr=0.1, step_size=3)"),
        (schedules.Step(0.1, 3, gamma=0.5), "Step(lr=0.1, step_size=3, gamma=0.5)"),
        (schedules.Constant(np.float64(0.1)), "Constant(lr=0.1)"),
        (schedules.MultiStep(0.1, (2, 3)), "MultiStep(lr=0.1, milestones=(2, 3))"),
        (
            gd.Adam(lr=schedules.Warmup(schedules.Cosine(0.1, 90), 10)),
            "Adam(lr=Warmup(schedule=Cosine(lr=0.1, steps=90), steps=10))",
        ),
    ],
)
def test_repr_shows_what_differs_from_the_default(schedule, text):
    assert repr(schedule) == text


# --- checks ---

NO_RATE = [0, -0.1, math.nan, math.inf, "a", None, True, np.array([0.1, 0.2]), [0.1], 1j]
NO_COUNT = [0, -1, 1.5, math.nan, "a", None, True, np.array([1, 2])]
CHECKS = {
    "a positive finite number": (["lr", "lr_max", "gamma", "power", "div", "final_div"], NO_RATE),
    "a finite number >= 0": (["decay", "lr_min"], NO_RATE[1:]),
    "a number in [0, 1)": (["warmup"], [*NO_RATE[1:], 1.0]),
    "a whole number >= 1": (["steps", "step_size", "period", "multiplier"], NO_COUNT),
    "a rising tuple of whole numbers >= 1": (
        ["milestones"],
        [3, [1, 2], (2, 1), (1, 1), (0, 1), (1.5,), (True,), "12", None],
    ),
    "a schedule such as gd.schedules.Constant(0.1)": (["schedule"], [0.1, None, "Step"]),
}


@each
def test_bad_parameters_are_named(schedule):
    good = {field.name: getattr(schedule, field.name) for field in fields(schedule)}
    for name in good:
        (wanted, values), *others = [
            (wanted, values) for wanted, (names, values) in CHECKS.items() if name in names
        ]
        assert not others
        for value in values:
            with pytest.raises(ValueError) as caught:
                type(schedule)(**good | {name: value})
            shown = " ".join(repr(value).split())
            assert str(caught.value) == f"{name} must be {wanted}, got {shown}"


@each
@pytest.mark.parametrize("k", [-1, 1.5, "a", None, True])
def test_a_bad_step_is_named(schedule, k):
    with pytest.raises(ValueError) as caught:
        schedule(k)
    assert str(caught.value) == f"k must be a whole number >= 0, got {k!r}"


def test_a_rate_beyond_the_largest_float_is_refused_by_the_optimizer():
    schedule = schedules.Exponential(lr=1.0, gamma=2.0)
    assert schedule(5000) == math.inf
    with pytest.raises(ValueError) as caught:
        gd.Adam(lr=schedule).rate(5000)
    assert str(caught.value) == (
        "the schedule Exponential(lr=1.0, gamma=2.0) must return a finite number >= 0, "
        "got inf for step 5000"
    )
