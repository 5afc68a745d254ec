"""What the classifier and the regressor share: fitting, raw scores, importances, persistence."""

import os
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import validate_parameter_constraints
from sklearn.utils.validation import check_is_fitted

from gbengine._config import thread_count
from gbengine._container import write_atomically
from gbengine._fit import fitted_state
from gbengine._input import as_matrix, is_ready
from gbengine._names import check_names, check_width
from gbengine._params import Param
from gbengine._parts import Part
from gbengine._state import from_bytes, to_bytes

if TYPE_CHECKING:
    from gbengine._core import Matrix, Model, Vector

# Below this many rows threads would cost more than they bring, and so would counting them.
_ONE_THREAD_ROWS = 128

_FITTED = (
    "_model",
    "_seed",
    "_trained_with",
    "classes_",
    "feature_names_in_",
    "n_features_in_",
    "n_iter_",
    "n_trees_per_iteration_",
    "train_score_",
    "validation_score_",
)


class BaseGradientBoosting(BaseEstimator):
    """Base of the gradient boosting estimators; not to be used by itself."""

    _param_table: ClassVar[tuple[Param, ...]]
    _parameter_constraints: ClassVar[dict[str, list[Any]]]

    n_jobs: int | None
    _model: "Model"

    def fit(  # noqa: PLR0917 (as HistGradientBoosting; sample_weight is passed by position)
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like or data frame of shape (n_rows, n_features)
            Numbers and bools. NaN and null are missing values, infinities are ordinary ones.
            NumPy float32 and float64 arrays are read in place, in any memory order.
        y : array-like of shape (n_rows,)
            Targets: finite numbers of size up to 1e30, or classes (strings, whole numbers, bools).
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53. Rows of weight 0 are left out; a weight that is a
            whole number k is worth k copies of the row, bit for bit, if all are whole.
        X_val : array-like or data frame of shape (n_val_rows, n_features), default=None
            Rows to be scored after each round, in place of rows set aside from X.
        y_val : array-like of shape (n_val_rows,), default=None
            Their targets.
        sample_weight_val : array-like of shape (n_val_rows,) or float, default=None
            Their weights.

        Returns
        -------
        self : estimator
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed.
        TypeError
            If X is sparse or has a column that is not numeric.
        """
        state = fitted_state(self, (X, y, sample_weight), (X_val, y_val, sample_weight_val))
        self._adopt(state)
        return self

    def apply(self, X: Any) -> NDArray[np.int32]:
        """Give the leaf that each row reaches in each tree.

        Parameters
        ----------
        X : array-like or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int32 of shape (n_rows, n_iter_ * n_trees_per_iteration_)
            Node numbers: a tree's root is 0. Trees of one round stand side by side.
        """
        table = self._table(X)
        return self._model.apply(table, self._n_threads(table))

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Share of each feature in the total split gain, (n_features,); zeros if nothing split."""
        check_is_fitted(self)
        gains = self._model.split_gains()
        total = gains.sum()
        return gains / total if total > 0 else gains

    def feature_importances(
        self, kind: Literal["gain", "split"] = "gain"
    ) -> NDArray[np.float64] | NDArray[np.int64]:
        """Say how much each feature was used.

        Parameters
        ----------
        kind : {"gain", "split"}, default="gain"
            "gain": what the splits on the feature gained, summed, in units of twice the loss.
            "split": number of splits on the feature.

        Returns
        -------
        ndarray of shape (n_features,)
            Not normalised; ``feature_importances_`` is.
        """
        check_is_fitted(self)
        if kind == "gain":
            return self._model.split_gains()
        if kind == "split":
            return self._model.split_counts()
        raise ValueError(f"kind must be 'gain' or 'split', got {kind!r}")

    def save_model(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to a file, which ``gbengine.load_model`` reads.

        The file is a safetensors container. Equal models give equal files: ``n_jobs``,
        ``verbose`` and the time are not in it. An existing file is replaced in one step.

        Parameters
        ----------
        path : str or path-like
            The file; ".safetensors" is the usual ending.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left behind.

        Warns
        -----
        UserWarning
            If a parameter is an object that a file cannot hold (a generator as ``random_state``, a
            function as ``scoring``): load_model gives its default.
        """
        check_is_fitted(self)
        data, left_out = to_bytes(self)
        write_atomically(path, data)
        for name in left_out:
            warnings.warn(
                f"{name}={getattr(self, name)!r} cannot be saved in a model file: load_model will "
                "give its default",
                stacklevel=2,
            )

    def _check_params(self) -> dict[str, Any]:
        """Give the parameters by name; InvalidParameterError (a ValueError) if one is wrong."""
        params = self._params()
        validate_parameter_constraints(
            self._parameter_constraints, params, caller_name=type(self).__name__
        )
        return params

    def _params(self) -> dict[str, Any]:
        # Not get_params: a subclass may have another signature.
        return {row.name: getattr(self, row.name) for row in self._param_table}

    def _fitted_attributes(self) -> dict[str, Any] | None:
        if "_model" not in self.__dict__:
            return None
        return {name: self.__dict__[name] for name in _FITTED if name in self.__dict__}

    def _blank(self) -> Self:
        """Give an estimator of the same class with the same parameters, not fitted."""
        blank = object.__new__(type(self))
        blank.__dict__ = {name: x for name, x in self.__dict__.items() if name not in _FITTED}
        return blank

    def _adopt(self, fitted: dict[str, Any]) -> None:
        """Take fitted attributes in place of those there are, in one step."""
        self.__dict__ = self._blank().__dict__ | fitted

    def _table(self, X: Any) -> "Matrix":
        """Check a table that is to be predicted on; one that is ready passes straight through."""
        state = self.__dict__
        if (
            is_ready(X)
            and X.shape[0] > 0
            and X.shape[1] == state.get("n_features_in_")
            and "feature_names_in_" not in state
        ):
            return X  # type: ignore[no-any-return]
        check_is_fitted(self)
        check_names(self, X)
        table = as_matrix(X, type(self).__name__)
        check_width(self, table.shape[1])
        return table

    def _n_threads(self, table: "Matrix") -> int:
        return 1 if table.shape[0] <= _ONE_THREAD_ROWS else thread_count(self.n_jobs)

    def _raw_scores(self, X: Any) -> NDArray[np.float64]:
        table = self._table(X)
        return self._model.raw_scores(table, self._n_threads(table))

    def _response(self, X: Any) -> NDArray[np.float64]:
        table = self._table(X)
        return self._model.response(table, self._n_threads(table))

    def _staged_raw_scores(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """Give raw scores after 1, 2, … rounds; X is checked at once, not at the first of them."""
        table = self._table(X)
        return self._stages(table, self._n_threads(table))

    def _staged_responses(self, X: Any) -> Iterator[NDArray[np.float64]]:
        table = self._table(X)
        model, n_threads = self._model, self._n_threads(table)
        return (model.link_response(raw, n_threads) for raw in self._stages(table, n_threads))

    def _stages(self, table: "Matrix", n_threads: int) -> Iterator[NDArray[np.float64]]:
        model, step = self._model, self.n_trees_per_iteration_
        raw = None
        for first_tree in range(0, model.n_trees, step):
            raw = model.raw_scores(table, n_threads, first_tree, first_tree + step, raw)
            yield raw

    def _find_classes(self, y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        raise NotImplementedError

    def _encode(self, part: Part, classes: np.ndarray[Any, Any] | None, suffix: str = "") -> Part:
        raise NotImplementedError

    def _decode(self, y: "Vector") -> np.ndarray[Any, Any]:
        raise NotImplementedError

    @classmethod
    def _public_class_name(cls) -> str:
        """Name the class that a file is read back as: of a user's subclass, ours."""
        return next(
            base.__name__ for base in cls.__mro__ if base.__module__.startswith("gbengine.")
        )

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in self.__dict__

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Give what pickle and copy carry: the model as a model file's bytes."""
        state = dict(super().__getstate__())
        if "_model" in state:
            state["_model"] = to_bytes(self)[0]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take such a state; the model's bytes go through all checks of a model file."""
        if "_model" in state:
            fitted = from_bytes(state["_model"], "the pickled estimator").fitted
            state = state | {"_model": fitted["_model"]}
        self.__dict__.update(state)
