"""The landscapes: their derivatives, what is said of them, and that nothing is left unsaid."""

import inspect

import numpy as np
import pytest

import gdlib as gd
from gdlib import landscapes as module
from gdlib.formulas import landscapes as formulas

pytestmark = pytest.mark.filterwarnings("error")

LANDS = {name: gd.landscape(name) for name in module.LANDSCAPES} | {
    "turned bowl": gd.landscape("bowl", condition=30, angle=0.7),
    "round bowl": gd.landscape("bowl", condition=1),
}
each_landscape = pytest.mark.parametrize("land", LANDS.values(), ids=LANDS)


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
    ],
)
def test_values_from_the_literature(name, point, loss):
    assert gd.landscape(name).loss(point) == pytest.approx(loss, rel=1e-14)


# --- what is said of them ---


@each_landscape
def test_critical_points_are_critical(land):
    for x, y, kind in land.critical_points:
        assert inside(land, (x, y))
        hessian = land.hessian([x, y])
        assert np.abs(np.linalg.solve(hessian, land.grad([x, y]))).max() < 1e-9  # the way to go
        signs = np.sign(np.linalg.eigvalsh(hessian))
        assert kind == {2: "minimum", 0: "saddle", -2: "maximum"}[signs.sum()]


@each_landscape
def test_critical_points_are_complete(land):
    """Newton's method, from many places in the domain, finds them all and no other in it."""
    known = np.array([point[:2] for point in land.critical_points])
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
    ground = land.loss(points(land, (20000,)))
    if land.lowest is None:
        assert not any(p.kind == "minimum" for p in land.critical_points)
    else:
        assert land.lowest == pytest.approx(0, abs=1e-12) and ground.min() >= land.lowest


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
        ("parabola", {}, "name must be one of bowl, rosenbrock, .*saddle; got 'parabola'"),
        (None, {}, "name must be one of .*; got None"),
        ("bowl", {"conditon": 3}, "landscape 'bowl' takes condition and angle, got 'conditon'"),
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
