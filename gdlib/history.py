"""The history of a training run: what was seen, and all that is needed to go on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["History"]

Array = NDArray[Any]


@dataclass(frozen=True, repr=False, eq=False)
class History:
    """What `fit` saw, and all that it needs to go on.

    Attributes
    ----------
    loss, grad_norm, lr : ndarray of shape (n_steps,)
        Of each step: the loss of its batch and the Euclidean norm of its gradient, both before the
        step, and the learning rate.
    seconds : ndarray of shape (n_steps,)
        The time at the end of each step since the start, without checks, validation and callbacks.
    samples : ndarray of int, shape (n_steps,)
        The examples seen by the end of each step, counted as often as they were seen.
    epoch_loss : ndarray of shape (n_epochs,)
        The mean of the losses of an epoch, weighted by the sizes of its batches.
    val_loss, val_score : ndarray of shape (n_epochs,)
        Loss and score on the validation data at the end of each epoch; NaN without them.
    epoch_end : ndarray of int, shape (n_epochs,)
        The steps taken by the end of each epoch.
    theta : ndarray of shape (d,)
        The last parameters; those of the last finite loss if the run diverged.
    model_state : tuple
        The model's state that belongs to `theta`.
    optimizer_state : tuple
        The optimiser's state after the last step.
    best_epoch : int or None
        The index in `val_loss` of the lowest validation loss.
    best_theta, best_state : ndarray or None, tuple or None
        The parameters and the model's state at the end of that epoch.
    diverged : bool
        A loss, a gradient or the parameters were no longer finite.
    stopped : str
        Why the run ended: "epochs", "patience", "callback", "interrupted" or "diverged".
    order : ndarray of int
        The rows of an interrupted epoch in the order of their use; empty between epochs.
    rng_state : dict
        The state of the random generator.
    """

    loss: Array
    grad_norm: Array
    lr: Array
    seconds: Array
    samples: Array
    epoch_loss: Array
    val_loss: Array
    val_score: Array
    epoch_end: Array
    theta: Array
    model_state: tuple[Any, ...]
    optimizer_state: tuple[Any, ...]
    best_epoch: int | None
    best_theta: Array | None
    best_state: tuple[Any, ...] | None
    diverged: bool
    stopped: str
    order: Array
    rng_state: Mapping[str, Any]

    @classmethod
    def empty(
        cls,
        theta: Array,
        model_state: tuple[Any, ...],
        optimizer_state: tuple[Any, ...],
        rng_state: Mapping[str, Any],
    ) -> "History":
        """Return the history of a run before its first step. Arguments as the attributes."""
        real, whole = np.empty(0), np.empty(0, int)
        return cls(
            real, real, real, real, whole, real, real, real, whole, theta, model_state,
            optimizer_state, None, None, None, False, "", whole, rng_state,
        )  # fmt: skip

    def __repr__(self) -> str:
        losses = self.epoch_loss if len(self.epoch_loss) else self.loss
        shown = f", loss {losses[0]:.4g} -> {losses[-1]:.4g}" if len(losses) else ""
        if self.best_epoch is not None:
            lowest = self.val_loss[self.best_epoch]
            shown += f", validation loss {lowest:.4g} after epoch {self.best_epoch + 1}"
        counts = f"{len(self.epoch_loss)} epochs, {len(self.loss)} steps"
        return f"History({counts}{shown}, stopped: {self.stopped})"

    def save(self, path: str | PathLike[str]) -> None:
        """Write the history to the file `path`, an .npz archive of plain arrays.

        Parameters
        ----------
        path : str or path
            Where to; ``.npz`` is appended if it is missing.

        Examples
        --------
        See `load`.
        """
        with open(path, "wb") as file:
            np.savez(file, **_packed({f.name: getattr(self, f.name) for f in fields(self)}))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "History":
        """Read a history that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        History
        """
        with np.load(path, allow_pickle=False) as archive:
            return cls(**_unpacked(dict(archive)))


def _packed(values: dict[str, Any]) -> dict[str, Any]:
    """`values` as arrays under flat names: a tuple "a" becomes "a.", empty, "a.0", "a.1", ..."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat[name] = json.dumps(value, default=np.ndarray.tolist)
        elif isinstance(value, tuple):
            flat[f"{name}."] = 0
            flat.update({f"{name}.{k}": part for k, part in enumerate(value)})
        elif value is not None:
            flat[name] = value
    return flat


def _unpacked(flat: dict[str, Array]) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(History))
    for key, array in flat.items():
        value = array.item() if array.ndim == 0 else array
        name, dot, part = key.partition(".")
        values[name] = (*values[name], value) if part else () if dot else value
    values["rng_state"] = json.loads(values["rng_state"])
    return values
