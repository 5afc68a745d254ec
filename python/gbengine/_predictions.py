"""How the mean of leaf values becomes a prediction: labels and probabilities, or numbers."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._shares import split_shares

Array = np.ndarray[Any, Any]


class ClassPredictions:
    """Predictions of classes for an estimator with ``_raw_scores``; one output or several."""

    n_outputs_: int
    classes_: Any
    n_classes_: Any

    if TYPE_CHECKING:

        def _raw_scores(self, X: Any) -> NDArray[np.float64]: ...

    def predict(self, X: Any) -> Array:
        """Predict classes: the most probable ones.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_outputs)
            Labels from ``classes_``; of equally probable ones the first.
        """
        raw = self._raw_scores(X)
        n_classes = self._class_counts()
        if n_classes == [2]:
            # As argmax would, without making two columns of one.
            labels: Array = self.classes_[(raw[:, 0] > 0.5).astype(np.intp)]
            return labels
        columns = [
            classes[shares.argmax(axis=1)]
            for classes, shares in zip(
                self._class_lists(), split_shares(raw, n_classes), strict=True
            )
        ]
        return columns[0] if len(columns) == 1 else _side_by_side(columns)

    def predict_proba(self, X: Any) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or list of such arrays
            Mean over the trees of the class's share in the leaf. Columns in the order of
            ``classes_``; with several outputs one array for each.
        """
        shares = split_shares(self._raw_scores(X), self._class_counts())
        return shares[0] if len(shares) == 1 else shares

    def predict_log_proba(self, X: Any) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or list of such arrays
            -inf where a probability is zero.
        """
        shares = self.predict_proba(X)
        with np.errstate(divide="ignore"):
            if isinstance(shares, list):
                return [np.log(part) for part in shares]
            return np.log(shares)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.classifier_tags.multi_label = True
        return tags

    def _class_lists(self) -> list[Array]:
        return self.classes_ if isinstance(self.classes_, list) else [self.classes_]

    def _class_counts(self) -> list[int]:
        return [len(classes) for classes in self._class_lists()]


class NumberPredictions:
    """Predictions of numbers for an estimator with ``_raw_scores``; one output or several."""

    n_outputs_: int

    if TYPE_CHECKING:

        def _raw_scores(self, X: Any) -> NDArray[np.float64]: ...

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict targets: the mean over the trees of the leaf's value.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_outputs)
            In the units of y.
        """
        raw = self._raw_scores(X)
        return raw[:, 0] if self.n_outputs_ == 1 else raw

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.positive_only = getattr(self, "criterion", None) == "poisson"
        return tags


def _side_by_side(columns: list[Array]) -> Array:
    """Stack the labels of several outputs; strings and numbers stay what they are, as objects."""
    are_texts = {column.dtype.kind in "UO" for column in columns}
    if len(are_texts) == 2:
        columns = [column.astype(object) for column in columns]
    return np.column_stack(columns)
