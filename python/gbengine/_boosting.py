"""What the classifier and the regressor share: fitting, raw scores, importances."""

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._boosting_state import FILE_ARRAYS, file_extras, fitted_from_file
from gbengine._callback_support import CallbackSupportMixin, with_callbacks
from gbengine._estimator import BaseTreeEnsemble
from gbengine._fit import fitted_state
from gbengine._learning_curves import LearningCurvesMixin
from gbengine._parts import Given, Part
from gbengine._start import init_scores
from gbengine._target_encoding import by_column

if TYPE_CHECKING:
    from gbengine._core import Matrix, Model, Vector


class BaseGradientBoosting(LearningCurvesMixin, CallbackSupportMixin, BaseTreeEnsemble):
    """Base of the gradient boosting estimators; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (
        *BaseTreeEnsemble._fitted_names,
        "classes_",
        "_curves",  # only there if there are several metrics
        "init_",  # only there if init is an estimator
        "n_iter_",
        "n_trees_per_iteration_",
        "train_score_",
        "validation_score_",
    )
    _file_arrays: ClassVar[tuple[str, ...]] = FILE_ARRAYS
    _allows_targets: ClassVar[bool]  # whether y may have several columns

    init: Any
    warm_start: bool
    n_estimators: int

    @with_callbacks
    def fit(  # noqa: PLR0917 (as HistGradientBoosting; sample_weight is passed by position)
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        *,
        init_score: Any = None,
        init_score_val: Any = None,
        validation_groups: Any = None,
    ) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like, sparse matrix, data frame or BinnedDataset of shape (n_rows, n_features)
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
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
        init_score : array-like of shape (n_rows,) or (n_rows, n_raw_scores), default=None
            Raw scores that the rows start from, in place of a base score; numbers of size up to
            1e30. The model corrects them but does not know them: predict does not add them.
        init_score_val : array-like of shape (n_val_rows,) or (n_val_rows, n_raw_scores), \
                default=None
            Those of the rows in ``X_val``.
        validation_groups : array-like of shape (n_rows,), default=None
            A label for each row, whose rows are not parted: all of them are trained on, or all set
            aside by ``early_stopping``. ``validation_fraction`` is then about how many rows are.

        Returns
        -------
        self : estimator
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed.
        TypeError
            If X has a column that is neither numeric nor categorical.
        """
        training = Given(X, y, sample_weight, init_score=init_score, groups=validation_groups)
        validation = Given(
            X_val, y_val, sample_weight_val, init_score=init_score_val, suffix="_val"
        )
        self._adopt(fitted_state(self, training, validation))
        return self

    def fit_more(
        self, X: Any, y: Any, n_estimators: int, sample_weight: Any = None, **arguments: Any
    ) -> Self:
        """Add rounds to the fitted model, on these rows; no parameter changes.

        This is what ``fit`` does with ``warm_start=True`` and a larger ``n_estimators``, and the
        same must stay as in the first fit: columns, categories, the set of classes, the loss, and
        what is scored. The rows may be others.

        Parameters
        ----------
        X : array-like, sparse matrix, data frame or BinnedDataset of shape (n_rows, n_features)
        y : array-like of shape (n_rows,), or with n_targets columns as in ``fit``
        n_estimators : int >= 1
            Number of rounds to add (the most of them, with ``early_stopping``).
        sample_weight : array-like of shape (n_rows,) or float, default=None
        **arguments : object
            What else ``fit`` takes, by name: ``X_val``, ``init_score``, ...

        Returns
        -------
        self : estimator
            If anything is raised, it is as it was before.

        Raises
        ------
        ValueError
            If ``n_estimators`` is no whole number >= 1; and what ``fit`` raises.
        """
        check_is_fitted(self)
        n_more: Any = n_estimators  # whatever it is
        if isinstance(n_more, bool) or not isinstance(n_more, Integral) or int(n_more) < 1:
            raise ValueError(
                f"n_estimators, the number of rounds to add, must be an int >= 1, got "
                f"{n_estimators!r}"
            )
        longer = self._blank()
        longer._adopt(self._fitted_attributes() or {})
        longer.warm_start, longer.n_estimators = True, self.n_iter_ + int(n_estimators)
        longer.fit(X, y, sample_weight, **arguments)
        self._adopt(longer._fitted_attributes() or {})
        return self

    def apply(self, X: Any) -> NDArray[np.int32]:
        """Give the leaf that each row reaches in each tree.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int32 of shape (n_rows, n_iter_ * n_trees_per_iteration_)
            Node numbers: a tree's root is 0. Trees of one round stand side by side, in the order of
            the raw scores.
        """
        return self._leaves(X)

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Share of each feature in the total split gain, (n_features,); zeros if nothing split."""
        check_is_fitted(self)
        gains = by_column(self._encoding, self._model.split_gains())
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
            return by_column(self._encoding, self._model.split_gains())
        if kind == "split":
            return by_column(self._encoding, self._model.split_counts())
        raise ValueError(f"kind must be 'gain' or 'split', got {kind!r}")

    def _raw_scores(self, X: Any) -> NDArray[np.float64]:
        table = self._table(X)
        start = self._start(table)
        all_trees = () if start is None else (0, -1, start)
        return self._model.raw_scores(table, self._n_threads(table), *all_trees)

    def _response(self, X: Any) -> NDArray[np.float64]:
        if "init_" in self.__dict__:
            raw = self._raw_scores(X)
            return self._model.link_response(raw, self._n_threads(raw))
        table = self._table(X)
        return self._model.response(table, self._n_threads(table))

    def _start(self, table: "Matrix") -> NDArray[np.float64] | None:
        """Give the raw scores that rows start from if those are the predictions of ``init_``."""
        init = self.__dict__.get("init_")
        if init is None:
            return None
        return init_scores(init, table, self._model.link, self._model.n_outputs)

    def _staged_raw_scores(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """Give raw scores after 1, 2, … rounds; X is checked at once, not at the first of them."""
        table = self._table(X)
        return self._stages(table, self._n_threads(table))

    def _staged_responses(self, X: Any) -> Iterator[NDArray[np.float64]]:
        return self._responses(self._table(X))

    def _responses(self, table: "Matrix") -> Iterator[NDArray[np.float64]]:
        model, n_threads = self._model, self._n_threads(table)
        return (model.link_response(raw, n_threads) for raw in self._stages(table, n_threads))

    def _stages(self, table: "Matrix", n_threads: int) -> Iterator[NDArray[np.float64]]:
        model, step = self._model, self.n_trees_per_iteration_
        raw = self._start(table)
        for first_tree in range(0, model.n_trees, step):
            raw = model.raw_scores(table, n_threads, first_tree, first_tree + step, raw)
            yield raw

    def _find_classes(self, y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        raise NotImplementedError

    def _encode(self, part: Part, classes: np.ndarray[Any, Any] | None, suffix: str = "") -> Part:
        raise NotImplementedError

    def _decode(self, y: "Vector") -> np.ndarray[Any, Any]:
        raise NotImplementedError

    def _check_savable(self) -> None:
        if "init_" in self.__dict__:
            raise ValueError(
                f"init={self.init!r} cannot be saved in a model file, and predictions start from "
                "it: pickle the estimator, or fit with init_score=... and add the predictions of "
                "that estimator yourself"
            )

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        return file_extras(self)

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        return fitted_from_file(cls, model, arrays, content)
