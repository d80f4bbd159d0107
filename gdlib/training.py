"""Training: batch, stochastic and mini-batch descent are one loop with one knob, the batch size."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite, nan, sqrt
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _check
from .descent import evaluate, progress_bar
from .history import History
from .line_search import LineSearch
from .optimizers import Optimizer, norm

__all__ = ["EpochReport", "History", "fit"]

Array = NDArray[Any]

CHUNK = 4096  # rows of a memory-mapped array that are checked at once


@dataclass(frozen=True)
class EpochReport:
    """What a callback of `fit` is told at the end of each epoch.

    Attributes
    ----------
    epoch : int
        The epochs finished so far: 1 after the first.
    step : int
        The steps taken so far.
    loss : float
        The mean training loss of this epoch, each example once, met before its step.
    val_loss, val_score : float
        Loss and score on the validation data; NaN without them.
    seconds : float
        The time spent on steps so far.
    theta : ndarray of shape (d,)
        The parameters now. Not to be changed.
    model_state : tuple
        The model's state now, such as the running statistics of batch normalisation.
    """

    epoch: int
    step: int
    loss: float
    val_loss: float
    val_score: float
    seconds: float
    theta: Array
    model_state: tuple[Any, ...]


def fit(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    optimizer: Optimizer,
    *,
    batch_size: int = 32,
    epochs: int = 10,
    rng: int | np.random.Generator = 0,
    theta0: ArrayLike | None = None,
    replace: bool = False,
    drop_last: bool = False,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    patience: int | None = None,
    callbacks: Iterable[Callable[[EpochReport], Any]] = (),
    progress: bool | None = None,
    resume: History | None = None,
) -> History:
    """Train `model` on (X, y): one step of `optimizer` for each batch.

    With ``batch_size = n`` this is batch gradient descent, with 1 stochastic, with b between them
    mini-batch gradient descent. An epoch uses each row once, in an order of its own. Divergence
    and Ctrl-C are results, not errors: they end the run, and the history so far is returned.

    Parameters
    ----------
    model : Model
        Any of `gdlib.models`; or, with `theta0`, any object with
        ``loss_and_grad(theta, X, y) -> (loss, grad)``. Its ``loss(theta, X, y)`` and
        ``score(theta, X, y)``, if it has them, serve for `validation`.
    X : array_like of shape (n, ...)
        Examples, one a row. A memory-mapped array is read batch by batch; any other floating array
        is brought to the precision of the parameters once, and copied once an epoch.
    y : array_like of shape (n, ...)
        Targets. They are read into memory.
    optimizer : Optimizer
        Without a grid and without a line search.
    batch_size : int, default 32
        Rows to a batch, >= 1; more than n is n. The batch of all rows keeps their order.
    epochs : int, default 10
        Epochs in all, >= 0, those of `resume` included.
    rng : int or numpy.random.Generator, default 0
        Draws the first parameters, the order of the rows, and what the model draws.
    theta0 : array_like of shape (d,), optional
        Where to start, instead of ``model.init(rng)``. float32 stays float32.
    replace : bool, default False
        Draw the rows of every batch independently, ceil(n / batch_size) full batches an epoch.
    drop_last : bool, default False
        Leave out the last batch of an epoch where it would be smaller than the others.
    validation : tuple of (X, y), optional
        Data to score at the end of each epoch. The best parameters are then kept.
    patience : int, optional
        Stop after so many epochs, >= 1, without a validation loss below the lowest so far.
    callbacks : iterable of callable
        Each is called with an `EpochReport` after each epoch; the run stops if one returns True.
    progress : bool, optional
        Show a progress bar. By default it shows after a second, in a terminal or a live notebook.
    resume : History, optional
        Go on from there, as if the run had never stopped: `rng` is not used. All else has to be
        passed as before; what is passed otherwise, such as a new learning rate, applies from now.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If an argument is not as above, or `resume` has diverged or does not fit the others.

    References
    ----------
    Robbins, H., and Monro, S., A stochastic approximation method, 1951. Bottou, L., Curtis, F. E.,
    and Nocedal, J., Optimization methods for large-scale machine learning, 2018.

    Examples
    --------
    >>> import gdlib as gd
    >>> data = gd.data.diabetes()
    >>> model = gd.models.LinearRegression(n_features=10)
    >>> three = gd.fit(model, data.X_train, data.y_train, gd.GradientDescent(lr=0.05), epochs=3)
    >>> three
    History(3 epochs, 33 steps, loss 0.6759 -> 0.5617, stopped: epochs)
    >>> gd.fit(
    ...     model, data.X_train, data.y_train, gd.GradientDescent(lr=0.05), epochs=7, resume=three
    ... )
    History(7 epochs, 77 steps, loss 0.6759 -> 0.5591, stopped: epochs)
    """
    if not isinstance(optimizer, Optimizer) or optimizer.grid:
        raise ValueError(
            f"optimizer must be one optimiser such as gd.Adam(lr=0.001), without a grid, "
            f"got {_check.shown(optimizer)}"
        )
    if isinstance(optimizer.lr, LineSearch):
        raise ValueError("optimizer must not search along the line: no batch is the whole loss")
    batch_size = _check.at_least(1, "batch_size", batch_size)
    epochs = _check.count("epochs", epochs)
    _check.flag("replace", replace)
    _check.flag("drop_last", drop_last)
    callbacks = tuple(callbacks)
    if not all(map(callable, callbacks)):
        raise ValueError(f"callbacks must be callable, got {_check.shown(callbacks)}")
    if patience is not None:
        _check.at_least(1, "patience", patience)
        if validation is None:
            raise ValueError("patience must come with validation data to be patient about")
    if not hasattr(model, "train"):
        model = _Plain(model)
    if resume is None:
        rng = _check.generator("rng", rng)
        start = _start(model, optimizer, rng, theta0)
    else:
        _check_resume(resume, optimizer, epochs, theta0)
        rng, start = _generator(resume.rng_state), resume
    dtype = start.theta.dtype
    data = _data(model, "X and y", (X, y), dtype)
    held_out = None if validation is None else _data(model, "validation", validation, dtype)
    batches = _batches(len(data[0]), batch_size, replace, drop_last)
    run = _Run(model, data, optimizer, batches, replace, rng, start)
    left = range((epochs - run.now.epoch) * len(batches))
    with np.errstate(all="ignore"), progress_bar(left, progress) as bar:
        try:
            while not (stopped := run.finished(epochs, patience)):
                if not run.epoch(bar):
                    stopped = "diverged"
                    break
                report = run.close(held_out)
                bar.set_postfix(loss=f"{report.loss:.4g}", refresh=False)
                told = [callback(report) for callback in callbacks]  # each, and only then any
                if any(told):
                    stopped = "callback"
                    break
        except KeyboardInterrupt:
            stopped = "interrupted"
    return run.history(stopped)


class _Position(NamedTuple):
    """Where a run stands. Replaced whole, never in part, so that Ctrl-C finds it consistent."""

    epoch: int
    step: int
    order: Array
    theta: Array
    optimizer_state: Any
    model_state: tuple[Any, ...]
    rng_state: Mapping[str, Any]
    best: tuple[int | None, Any, Any]  # epoch, theta, model's state; or None of them


@dataclass
class _Run:
    """A run of `fit`: where it stands, and the record of what was seen on the way."""

    model: Any
    rows: tuple[Array, Array]
    optimizer: Optimizer
    batches: list[slice]  # where in the order of an epoch's rows
    replace: bool
    rng: np.random.Generator
    start: History

    def __post_init__(self) -> None:
        start, batches, n = self.start, self.batches, len(self.rows[0])
        self.sizes = np.array([batch.stop - batch.start for batch in batches])
        self.whole = not self.replace and self.sizes[0] == n
        state = type(self.optimizer.init(start.theta))(*start.optimizer_state)
        self.now = _Position(
            len(start.epoch_end), len(start.loss), start.order, start.theta, state,
            start.model_state, start.rng_state,
            (start.best_epoch, start.best_theta, start.best_state),
        )  # fmt: skip
        self.before = self.begun = start.theta, start.model_state
        self.seconds = float(_last(start.seconds))
        self.epochs = np.stack(
            [start.epoch_loss, start.val_loss, start.val_score, start.epoch_end], axis=1
        ).tolist()
        table, first = np.stack([start.loss, start.grad_norm, start.seconds]), self.first
        self.tables = [table[:, :first]]
        if len(start.order):  # the epoch goes on in the table that it began
            done = table.shape[1] - first
            seen = _last(start.samples) - _last(start.samples[:first])
            if len(start.order) != batches[-1].stop or seen != self.sizes[:done].sum():
                raise ValueError("resume stopped within an epoch: go on with the batches of then")
            self.tables.append(np.empty((3, len(batches))))
            self.tables[-1][:, :done] = table[:, first:]

    @property
    def first(self) -> int:
        """The steps taken before this epoch."""
        return int(self.epochs[self.now.epoch - 1][3]) if self.now.epoch else 0

    def finished(self, epochs: int, patience: int | None) -> str:
        """Why there is no next epoch; "" if there is one."""
        if self.now.epoch >= epochs:
            return "epochs"
        best_epoch = self.now.best[0]
        waited = self.now.epoch - (0 if best_epoch is None else best_epoch + 1)
        return "patience" if patience is not None and waited >= patience else ""

    def epoch(self, bar: Any) -> bool:
        """Take the steps of an epoch, or what is left of it. False if it diverges."""
        epoch, step, order, theta, state, model_state, rng_state, best = self.now
        self.begun = theta, model_state
        started = perf_counter() - self.seconds
        if not len(order):
            order = self._order()
            rng_state = self.rng.bit_generator.state
            self.tables.append(np.empty((3, len(self.batches))))
            self.now = self.now._replace(order=order, rng_state=rng_state)
        losses, norms, times = self.tables[-1]
        X, y = self.rows
        mapped = isinstance(X, np.memmap)
        if mapped:
            X, y = np.asarray(X), y[order]
        elif not self.whole:
            X, y = X[order], y[order]  # once an epoch: slices of it are cheaper than rows
        train, move, rng, batches = self.model.train, self.optimizer.step, self.rng, self.batches
        for i in range(step - self.first, len(batches)):
            batch = batches[i]
            part = _floats(X[order[batch]], theta.dtype) if mapped else X[batch]
            loss, grad, next_model_state = train(theta, part, y[batch], model_state, rng)
            square = float(grad.dot(grad))
            length = sqrt(square) if 1e-30 < square < inf else float(norm(grad))
            if not (isfinite(loss) and isfinite(length)):
                return False
            self.before = theta, model_state
            theta, state = move(theta, grad, state)
            model_state = next_model_state
            losses[i], norms[i] = loss, length
            times[i] = self.seconds = perf_counter() - started
            step += 1
            self.now = _Position(
                epoch, step, order, theta, state, model_state, rng.bit_generator.state, best
            )
            bar.update()
        return bool(np.isfinite(theta).all())

    def _order(self) -> Array:
        """The rows of an epoch in the order of their use."""
        n, used = len(self.rows[0]), self.batches[-1].stop
        if self.whole:
            return np.arange(n)
        return self.rng.integers(0, n, used) if self.replace else self.rng.permutation(n)[:used]

    def close(self, validation: tuple[Array, Array] | None) -> EpochReport:
        """End the epoch: average it, validate, and keep what is best."""
        epoch, step, _, theta, state, model_state, rng_state, best = self.now
        loss = float(np.average(self.tables[-1][0], weights=self.sizes))
        val_loss = val_score = nan
        if validation is not None:
            val_loss = float(self.model.loss(theta, *validation, model_state))
            val_score = float(self.model.score(theta, *validation, model_state))
            if val_loss < (inf if best[0] is None else self.epochs[best[0]][1]):
                best = (epoch, theta, model_state)
        self.epochs.append([loss, val_loss, val_score, step])
        self.now = _Position(
            epoch + 1, step, np.empty(0, int), theta, state, model_state, rng_state, best
        )
        return EpochReport(
            epoch + 1, step, loss, val_loss, val_score, self.seconds, theta, model_state
        )

    def history(self, stopped: str) -> History:
        start, now = self.start, self.now
        theta, model_state = now.theta, now.model_state
        best_epoch, best_theta, best_state = now.best
        if stopped == "diverged":  # the point before was finite, if not that of the epoch's start
            finite = np.isfinite(self.before[0]).all()
            theta, model_state = self.before if finite else self.begun
        loss, grad_norm, seconds = np.concatenate(self.tables, axis=1)[:, : now.step]
        rates = np.array([self.optimizer.rate(k) for k in range(len(start.lr), now.step)], float)
        done = len(start.loss) - _last(start.epoch_end)  # of the epoch that this run began in
        sizes = np.resize(self.sizes, done + now.step - len(start.loss))[done:]
        samples = np.append(start.samples, np.cumsum(sizes) + _last(start.samples))
        epochs = np.array(self.epochs[: now.epoch], float).reshape(-1, 4)
        epoch_loss, val_loss, val_score, epoch_end = epochs.T.copy()
        return History(
            loss, grad_norm, np.append(start.lr, rates), seconds, samples,
            epoch_loss, val_loss, val_score, epoch_end.astype(int),
            theta, model_state, now.optimizer_state, best_epoch, best_theta, best_state,
            stopped == "diverged", stopped, now.order, now.rng_state,
        )  # fmt: skip


class _Plain:
    """A model that has only ``loss_and_grad(theta, X, y)``, behind the methods that `fit` calls."""

    def __init__(self, model: Any) -> None:
        if not callable(getattr(model, "loss_and_grad", None)):
            raise ValueError(
                f"model must have loss_and_grad(theta, X, y) -> (loss, grad), "
                f"got {_check.shown(model)}"
            )
        self.model = model
        if hasattr(model, "init"):
            self.init = model.init

    def init_state(self) -> tuple[()]:
        return ()

    def check(self, X: Array, y: Array) -> tuple[Array, Array]:
        return X, y

    def train(
        self, theta: Array, X: Array, y: Array, state: tuple[()], rng: object
    ) -> tuple[float, Array, tuple[()]]:
        loss, grad = evaluate(
            lambda theta: self.model.loss_and_grad(theta, X, y), theta, "loss_and_grad"
        )
        return float(loss), grad, ()

    def loss(self, theta: Array, X: Array, y: Array, state: tuple[()]) -> Any:
        own = getattr(self.model, "loss", None)
        return own(theta, X, y) if own else self.train(theta, X, y, state, None)[0]

    def score(self, theta: Array, X: Array, y: Array, state: tuple[()]) -> Any:
        own = getattr(self.model, "score", None)
        return own(theta, X, y) if own else nan


def _start(
    model: Any, optimizer: Optimizer, rng: np.random.Generator, theta0: ArrayLike | None
) -> History:
    """The history of a run before its first step."""
    if theta0 is None:
        if not hasattr(model, "init"):
            raise ValueError("theta0 must be given for a model without init(rng), got None")
        theta0 = model.init(rng)
    theta = _check.vector("theta0", theta0)
    return History.empty(theta, model.init_state(), optimizer.init(theta), rng.bit_generator.state)


def _check_resume(
    resume: History, optimizer: Optimizer, epochs: int, theta0: ArrayLike | None
) -> None:
    if not isinstance(resume, History):
        raise ValueError(f"resume must be a History, got {_check.shown(resume)}")
    if theta0 is not None:
        raise ValueError("theta0 must be left out with resume, which has its own")
    if resume.diverged:
        raise ValueError("resume must not have diverged: start again from its theta")
    if len(resume.epoch_end) > epochs:
        raise ValueError(
            f"epochs counts all epochs and must be >= {len(resume.epoch_end)}, those of resume, "
            f"got {epochs}"
        )
    wanted = [np.shape(part) for part in optimizer.init(resume.theta)]
    if wanted != [np.shape(part) for part in resume.optimizer_state]:
        raise ValueError(f"optimizer must be of the kind that made resume, got {optimizer}")


def _data(model: Any, name: str, pair: Any, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """X and y checked, and in the given precision; X stays on disk if it is memory-mapped."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise ValueError(f"{name} must be a pair (X, y), got {_check.shown(pair)}")
    X = pair[0] if isinstance(pair[0], np.memmap) else np.asarray(pair[0])
    y = np.asarray(pair[1])
    if not X.ndim or not y.ndim or len(X) != len(y) or not len(X):
        raise ValueError(
            f"{name} must have as many targets as examples, and at least one, "
            f"got shapes {X.shape} and {y.shape}"
        )
    if isinstance(X, np.memmap):
        chunks = [slice(i, i + CHUNK) for i in range(0, len(X), CHUNK)]
        y = np.concatenate([model.check(X[chunk], y[chunk])[1] for chunk in chunks])
    else:
        X, y = model.check(X, y)
        X = _floats(X, dtype)
    return X, _floats(y, dtype)


def _floats(array: Array, dtype: np.dtype[Any]) -> Array:
    """`array` in the precision of the parameters, unless it holds labels, bytes, counts."""
    return array.astype(dtype, copy=False) if array.dtype.kind == "f" else array


def _batches(n: int, size: int, replace: bool, drop_last: bool) -> list[slice]:
    """Where in the order of an epoch's rows its batches are."""
    b = min(size, n)
    used = -(-n // b) * b if replace else n // b * b if drop_last else n
    return [slice(i, min(i + b, used)) for i in range(0, used, b)]


def _last(array: Array) -> Any:
    return array[-1] if len(array) else 0


def _generator(state: Mapping[str, Any]) -> np.random.Generator:
    bits = getattr(np.random, state["bit_generator"])(0)
    bits.state = state
    return np.random.Generator(bits)
