"""Landscapes and curves: their derivatives, and that what is said of them is true and complete."""

import inspect

import numpy as np
import pytest

import gdlib as gd
from gdlib import landscapes as module
from gdlib.formulas import curves, theory
from gdlib.formulas import landscapes as formulas
from gdlib.landscapes import CURVES, CurvePoint, curve

pytestmark = pytest.mark.filterwarnings("error")

LANDS = {name: gd.landscape(name) for name in module.LANDSCAPES} | {
    "turned bowl": gd.landscape("bowl", condition=30, angle=0.7),
    "round bowl": gd.landscape("bowl", condition=1),
}
each_landscape = pytest.mark.parametrize("land", LANDS.values(), ids=LANDS)
LINES = CURVES | {
    "steep parabola": curve("parabola", a=7),
    "wide cubic": curve("cubic", b=3),
    "rising cubic": curve("cubic", b=-0.5),
    "tilted well": curve("double_well", tilt=0.2),
    "other tilted well": curve("double_well", tilt=-0.38),
    "level wiggle": curve("wiggle", tilt=0),
    "steep wiggle": curve("wiggle", tilt=-0.9),
}
each_curve = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def points(land, shape=(200,), seed=0):
    """Random points of the landscape's domain, shape (2, *shape)."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(*ends, shape) for ends in land.domain])


def inside(land, point):
    return all(low <= v <= high for v, (low, high) in zip(point, land.domain, strict=True))


# --- derivatives ---


def complex_step(function, theta, h=1e-30):
    """The derivatives of `function` along both axes, exact to rounding: no difference is taken."""
    return np.stack([np.imag(function(theta + 1j * h * e)) / h for e in axes(theta)])


def central_difference(function, theta, h):
    return np.stack(
        [(function(theta + h * e) - function(theta - h * e)) / (2 * h) for e in axes(theta)]
    )


def axes(theta):
    return np.eye(2).reshape(2, 2, *(1 for _ in theta.shape[1:]))


@each_landscape
def test_gradient_and_hessian_by_complex_step(land):
    theta = points(land)
    scale = np.abs(land.hessian(theta)).max()
    np.testing.assert_allclose(
        land.grad(theta), complex_step(land.loss, theta), rtol=1e-10, atol=1e-13 * scale
    )
    np.testing.assert_allclose(
        land.hessian(theta), complex_step(land.grad, theta), rtol=1e-10, atol=1e-13 * scale
    )


@each_landscape
def test_gradient_and_hessian_by_central_differences(land):
    theta = points(land, seed=1)
    for exact, function in ((land.grad, land.loss), (land.hessian, land.grad)):
        wanted = exact(theta)
        got = central_difference(function, theta, 1e-5)
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6 * np.abs(wanted).max())


@each_landscape
def test_hessian_is_symmetric(land):
    hessian = land.hessian(points(land))
    assert (hessian == hessian.swapaxes(0, 1)).all()


def test_every_formula_belongs_to_a_landscape():
    used = {f for land in LANDS.values() for f in land.functions}
    assert used == {f for _, f in inspect.getmembers(formulas, inspect.isfunction)}


@pytest.mark.parametrize(
    "name, point, loss",
    [
        ("rosenbrock", (-1.2, 1.0), 24.2),
        ("rosenbrock", (1.0, 1.0), 0.0),
        ("beale", (1.0, 1.0), 14.203125),
        ("beale", (3.0, 0.5), 0.0),
        ("himmelblau", (0.0, 0.0), 170.0),
        ("himmelblau", (-2.0, 3.0), 16.0),
        ("saddle", (2.0, 1.0), 3.0),
        ("bowl", (2.0, 1.0), 7.0),
        ("booth", (1.0, 3.0), 0.0),
        ("booth", (0.0, 0.0), 74.0),
        ("mccormick", (0.0, 0.0), 1.0),
        ("mccormick", (-0.54719755, -1.54719755), -1.9132229549810362),
        ("styblinski_tang", (0.0, 0.0), 0.0),
        ("styblinski_tang", (-2.903534, -2.903534), 2 * -39.16616570377142),
        ("six_hump_camel", (0.0898, -0.7126), -1.0316284229280819),
        ("six_hump_camel", (1.0, 1.0), 4 - 2.1 + 1 / 3 + 1),
        ("monkey_saddle", (2.0, 1.0), 2.0),
        ("rastrigin", (0.0, 0.0), 0.0),
        ("rastrigin", (1.0, 1.0), 2.0),
        ("rastrigin", (0.5, 0.5), 40.5),
        ("ackley", (0.0, 0.0), 0.0),
        ("ackley", (1.0, 1.0), 3.6253849384403627),
    ],
)
def test_values_from_the_literature(name, point, loss):
    assert gd.landscape(name).loss(point) == pytest.approx(loss, rel=1e-14, abs=1e-14)


# --- what is said of them ---


WAY = np.linspace(0, 1, 721)  # round a ring: axes and diagonals are among it


def ring(point, radius, way=WAY):
    """The circle about `point`, shape (2, n), from ``way = 0`` to 1."""
    angle = 2 * np.pi * way
    return np.reshape(point, (2, 1)) + radius * np.stack([np.cos(angle), np.sin(angle)])


def frame(land, way):
    """The edge of the landscape's domain, from ``way = 0`` to 1."""
    (left, right), (bottom, top) = land.domain
    corners = [left, right, right, left, left], [bottom, bottom, top, top, bottom]
    return np.stack([np.interp(4 * way, np.arange(5), ends) for ends in corners])


def turns(land, path):
    """How often the gradient turns while `theta` goes round the closed `path` once."""
    way = WAY
    for _ in range(60):  # until it turns little from place to place
        angle = np.unwrap(np.arctan2(*land.grad(path(way))[::-1]))
        fast = np.flatnonzero(np.abs(np.diff(angle)) > 1)
        if not len(fast):
            return round((angle[-1] - angle[0]) / (2 * np.pi))
        way = np.insert(way, fast + 1, (way[fast] + way[fast + 1]) / 2)
    raise AssertionError("the gradient turns at once")


def index(land, point):
    return turns(land, lambda way: ring(point, 1e-3, way))


@each_landscape
def test_critical_points_are_critical(land):
    for x, y, _ in land.critical_points:
        assert inside(land, (x, y))
        way = np.linalg.pinv(land.hessian([x, y])) @ land.grad([x, y])
        assert np.abs(way).max() < 1e-9


@each_landscape
def test_a_critical_point_is_of_its_kind(land):
    """As the losses and the gradients around it say, which need no Hessian."""
    for x, y, kind in land.critical_points:
        around = land.loss(ring((x, y), 1e-3)) - land.loss([x, y])
        assert (
            kind
            == {(1, 1): "minimum", (-1, 1): "saddle", (-1, -1): "maximum"}[
                np.sign(around.min()), np.sign(around.max())
            ]
        )
        saddle = -2 if land.name == "monkey_saddle" else -1
        assert index(land, (x, y)) == (saddle if kind == "saddle" else 1)


@each_landscape
def test_critical_points_add_up(land):
    """Round the frame the gradient turns as often as round all critical points together."""
    around_each = (index(land, point[:2]) for point in land.critical_points)
    assert turns(land, lambda way: frame(land, way)) == sum(around_each)


@each_landscape
def test_critical_points_are_complete(land):
    """Newton's method, from many places in the domain, finds them all and no other in it."""
    known = [point[:2] for point in land.critical_points]
    if land.name == "ackley":  # to whose sharp tip Newton's method does not lead
        known.remove((0.0, 0.0))
    known = np.array(known)
    theta = points(land, (600,), seed=2)
    with np.errstate(all="ignore"):
        for _ in range(100):
            hessian = np.moveaxis(land.hessian(theta), -1, 0)
            regular = np.abs(np.linalg.det(hessian)) > 1e-12
            hessian[~regular] = np.eye(2)
            theta = theta - np.linalg.solve(hessian, land.grad(theta).T[..., None])[..., 0].T
            theta = np.where(np.abs(theta) < 1e6, theta, 1e6)
        arrived = np.abs(land.grad(theta)).max(axis=0) < 1e-8
    found = np.array([point for point in theta.T[arrived] if inside(land, point)])
    distances = np.linalg.norm(found[:, None] - known, axis=-1)
    assert distances.min(axis=1).max() < 1e-6, "a critical point that is not listed"
    assert distances.min(axis=0).max() < 1e-6, "one that is listed was not found"


def test_how_many_critical_points_there_are():
    counted = {
        land.name: tuple(
            sum(p.kind == kind for p in land.critical_points)
            for kind in ("minimum", "saddle", "maximum")
        )
        for land in LANDS.values()
    }
    assert counted["himmelblau"] == (4, 4, 1) == counted["styblinski_tang"]
    assert counted["six_hump_camel"] == (6, 7, 2)
    assert counted["rastrigin"] == (9, 12, 4) == counted["ackley"]
    assert counted["mccormick"] == (2, 1, 0)


def test_the_monkey_saddle_has_no_second_derivatives_at_its_centre():
    assert not gd.landscape("monkey_saddle").hessian([0, 0]).any()


def test_the_tip_of_ackley():
    """The lowest point has no derivatives; what stands for them makes no warning and no NaN."""
    land = gd.landscape("ackley")
    loss, grad = land([0.0, 0.0])
    assert (loss, *grad) == (0, 0, 0)
    np.testing.assert_allclose(land.hessian([0, 0]), 2 * np.pi**2 * np.e * np.eye(2), rtol=1e-12)
    near = ring((0, 0), 1e-9)
    np.testing.assert_allclose(land.loss(near), 8**0.5 * 1e-9, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(land.grad(near), axis=0), 8**0.5, rtol=1e-6)
    assert np.isfinite(land.hessian(near)).all() and np.isfinite(land.hessian([5e-324, 0])).all()


@each_landscape
def test_start_and_domain(land):
    (left, right), (bottom, top) = land.domain
    assert right - left == top - bottom > 0
    assert inside(land, land.start)
    loss, grad = land(land.start)
    assert np.isfinite(loss) and np.isfinite(grad).all() and np.abs(grad).max() > 0
    assert land.title and land.name in module.LANDSCAPES


@each_landscape
def test_lowest_is_the_lowest(land):
    far = land.loss(ring((0, 0), 1e3)).min()
    minima = [land.loss(p[:2]) for p in land.critical_points if p.kind == "minimum"]
    if land.bounded:
        ground = land.loss(points(land, (20000,)))
        assert land.lowest == min(minima) and min(ground.min(), far) >= land.lowest
    else:
        assert land.lowest is None and far < min([0, *minima]) - 500


@pytest.mark.parametrize("condition", [1, 2.5, 1000])
@pytest.mark.parametrize("angle", [0, 0.3, -2.0])
def test_bowl_has_the_condition_number_and_angle(condition, angle):
    hessian = gd.landscape("bowl", condition=condition, angle=angle).hessian([0, 0])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [1, condition], rtol=1e-12)
    flat = np.array([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(hessian @ flat, flat, atol=1e-12 * condition)


# --- shapes ---


@each_landscape
@pytest.mark.parametrize("grid", [(), (5,), (3, 4)])
def test_grids(land, grid):
    theta = points(land, grid)
    loss, grad = land(theta)
    hessian = land.hessian(theta)
    assert (np.shape(loss), grad.shape, hessian.shape) == (grid, (2, *grid), (2, 2, *grid))
    for index in np.ndindex(grid):
        one = theta[(slice(None), *index)]
        assert land.loss(one) == loss[index]
        assert (land.grad(one) == grad[(slice(None), *index)]).all()
        assert (land.hessian(one) == hessian[(slice(None), slice(None), *index)]).all()


@each_landscape
def test_single_precision_and_lists(land):
    assert {np.asarray(part).dtype for part in land(np.ones(2, np.float32))} == {np.dtype("f4")}
    assert land.loss([1, 2]) == land.loss(np.array([1.0, 2.0]))


def test_theta_is_not_changed():
    theta = np.array([1.0, 2.0])
    for land in LANDS.values():
        land(theta), land.hessian(theta)
    assert (theta == [1.0, 2.0]).all()


# --- checks ---


@pytest.mark.parametrize(
    "name, parameters, message",
    [
        ("parabola", {}, "name must be one of bowl, rosenbrock, .*, ackley; got 'parabola'"),
        (None, {}, "name must be one of .*; got None"),
        ("bowl", {"conditon": 3}, "landscape 'bowl' takes condition and angle, got 'conditon'"),
        ("camel", {}, "name must be one of .*six_hump_camel, .*; got 'camel'"),
        ("beale", {"condition": 3}, "landscape 'beale' takes no parameters, got 'condition'"),
        ("bowl", {"condition": 0.5}, "condition must be a finite number >= 1, got 0.5"),
        ("bowl", {"condition": np.inf}, "condition must be a finite number >= 1, got inf"),
        ("bowl", {"condition": "ten"}, "condition must be a finite number >= 1, got 'ten'"),
        ("bowl", {"angle": np.nan}, "angle must be a finite number, in radians, got nan"),
    ],
)  # fmt: skip
def test_bad_names_and_parameters(name, parameters, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        gd.landscape(name, **parameters)


@pytest.mark.parametrize("theta", [1.0, [1.0], [1.0, 2.0, 3.0], np.ones((3, 2))])
def test_theta_of_another_shape(theta):
    land = gd.landscape("beale")
    for function in (land, land.loss, land.grad, land.hessian):
        with pytest.raises(ValueError, match=r"^theta must have shape \(2, \*grid\), got \("):
            function(theta)


# --- curves ---


def abscissae(line, n=4001):
    return np.linspace(*line.domain, n)


def crossings(function, x):
    """Where `function` changes its sign within `x`, by bisection; at a jump, too."""
    sign = np.sign(function(x))
    x, sign = x[sign != 0], sign[sign != 0]
    low, high = (x[k : len(x) - 1 + k][sign[:-1] != sign[1:]] for k in (0, 1))
    for _ in range(60):
        middle = (low + high) / 2
        left = np.sign(function(middle)) == np.sign(function(low))
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return high


@pytest.mark.parametrize("name", [n for n in LINES if n != "absolute"])  # where |x| is a modulus
def test_slope_and_curvature_by_complex_step(name):
    line = LINES[name]
    x = np.random.default_rng(0).uniform(*line.domain, 200)
    for function, exact in ((line.loss, line.slope), (line.slope, line.curvature)):
        np.testing.assert_allclose(np.imag(function(x + 1e-30j)) / 1e-30, exact(x), rtol=1e-12)


@each_curve
def test_slope_and_curvature_by_central_differences(line):
    x, h = np.random.default_rng(1).uniform(*line.domain, 200), 1e-5
    for function, exact in ((line.loss, line.slope), (line.slope, line.curvature)):
        difference = (function(x + h) - function(x - h)) / (2 * h)
        np.testing.assert_allclose(difference, exact(x), rtol=1e-5, atol=1e-6)


@each_curve
def test_critical_points_and_inflections_of_a_curve_are_complete(line):
    x = abscissae(line)
    np.testing.assert_allclose(
        [p.x for p in line.critical_points], crossings(line.slope, x), atol=1e-11
    )
    np.testing.assert_allclose(line.inflections, crossings(line.curvature, x), atol=1e-11)


@each_curve
def test_a_critical_point_of_a_curve_is_of_its_kind(line):
    for x, kind in line.critical_points:
        left, right = np.sign(line.loss([x - 1e-3, x + 1e-3]) - line.loss(x))
        assert kind == {2: "minimum", 0: "inflection", -2: "maximum"}[left + right]
        assert abs(line.slope(x)) < 1e-11


def test_a_cubic_without_hill_and_valley():
    assert curve("cubic", b=0).critical_points == (CurvePoint(0.0, "inflection"),)
    assert curve("cubic", b=0).slope([-1, 0, 1]).tolist() == [3, 0, 3]
    assert curve("cubic", b=-1).critical_points == ()
    assert curve("cubic", b=100).critical_points == ()  # they lie outside the domain


@each_curve
def test_start_domain_and_lowest_of_a_curve(line):
    low, high = line.domain
    assert low < line.start < high and line.slope(line.start) != 0
    assert line.title and line.name in CURVES
    far = line.loss([-1e3, 1e3]).min()
    if line.bounded:
        assert min(line.loss(abscissae(line)).min(), far) >= line.lowest - 1e-12
        assert line.lowest in [line.loss(p.x) for p in line.critical_points]
    else:
        assert line.lowest is None and far < line.loss(abscissae(line)).min() - 100


def test_every_formula_belongs_to_a_curve():
    used = {f for line in LINES.values() for f in line.functions}
    assert used == {f for _, f in inspect.getmembers(curves, inspect.isfunction)}


@each_curve
def test_descent_on_a_curve(line):
    """A curve is a `fun`, for one run and for a grid of them, and loses height."""
    lr = np.array([0.001, 0.01, 0.02])
    grid = gd.minimize(line, [line.start], gd.GradientDescent(lr=lr), 50)
    for k, each in enumerate(lr.tolist()):
        one = gd.minimize(line, [line.start], gd.GradientDescent(lr=each), 50)
        assert (one.theta == grid.theta[..., k]).all() and (one.loss == grid.loss[:, k]).all()
        assert one.loss[-1] < one.loss[0] and (one.loss == line.loss(one.theta[:, 0])).all()


def test_heavy_ball_cycles_for_ever_on_a_strongly_convex_curve():
    """Lessard, Recht and Packard: momentum tuned for curvatures from 1 to 25 never arrives."""
    line = curve("lessard")
    assert set(line.curvature(abscissae(line)).tolist()) == {1, 25}
    lr, beta, _ = theory.momentum_best(1.0, 25.0)
    trace = gd.minimize(line, [line.start], gd.Momentum(lr=float(lr), beta=float(beta)), 3000)
    last = trace.theta[-4:, 0]
    assert last[0] == pytest.approx(last[3]) and np.abs(np.diff(last)).min() > 1
    slow = gd.minimize(line, [line.start], gd.GradientDescent(lr=2 / 26), 3000, tol=1e-12)
    assert slow.converged


@each_curve
@pytest.mark.parametrize("shape", [(), (5,), (3, 4)])
def test_curves_take_arrays_of_any_shape(line, shape):
    x = np.random.default_rng(2).uniform(*line.domain, shape)
    for function in (line.loss, line.slope, line.curvature):
        assert np.shape(function(x)) == shape == np.shape(function(x.astype("f4")))
        assert function(x.astype("f4")).dtype == "f4"
        for index in np.ndindex(shape):
            assert function(x[index]) == function(x)[index]
    loss, grad = line(x[None])
    assert np.shape(loss) == shape and grad.shape == (1, *shape)
    assert line.loss([1, 2]).tolist() == line.loss(np.array([1.0, 2.0])).tolist()


def test_a_curve_is_shown_as_it_is_made():
    assert repr(curve("double_well", tilt=0.2)) == "curve('double_well', 0.2)"
    assert repr(curve("quartic")) == "curve('quartic')"
    assert repr(gd.landscape("saddle")) == "landscape('saddle', 2, 0, -2)"


@pytest.mark.parametrize(
    "name, parameters, message",
    [
        ("bowl", {}, "name must be one of parabola, quartic, .*, lessard; got 'bowl'"),
        (3, {}, "name must be one of .*; got 3"),
        ("quartic", {"a": 1}, "curve 'quartic' takes no parameters, got 'a'"),
        ("wiggle", {"a": 1}, "curve 'wiggle' takes tilt, got 'a'"),
        ("parabola", {"a": 0}, "a must be a positive finite number, got 0"),
        ("cubic", {"b": "x"}, "b must be a finite number, got 'x'"),
        ("double_well", {"tilt": 0.385},
         r"tilt must be a number in \(-0.384, 0.384\), so that there are two wells, got 0.385"),
        ("wiggle", {"tilt": -1.0},
         r"tilt must be a number in \(-1, 1\), so that there are valleys, got -1.0"),
    ],
)  # fmt: skip
def test_bad_names_and_parameters_of_curves(name, parameters, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        curve(name, **parameters)


@pytest.mark.parametrize("theta", [1.0, [1.0, 2.0], np.ones((2, 1))])
def test_theta_of_a_curve_has_one_coordinate(theta):
    with pytest.raises(ValueError, match=r"^theta must have shape \(1, \*grid\), got \("):
        curve("quartic")(theta)
