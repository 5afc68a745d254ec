"""Predictions of a forest of regression trees: means, or quantiles."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._predictions import NumberPredictions
from gbengine._quantiles import LeafSamples, check_levels

if TYPE_CHECKING:
    from gbengine._core import Model


class QuantilePredictions(NumberPredictions):
    """Predictions of numbers for a forest whose leaves may have kept their training rows."""

    _model: "Model"

    if TYPE_CHECKING:

        def _leaves(self, X: Any) -> NDArray[np.int32]: ...
        def _tree_begin(self) -> NDArray[np.int64]: ...

    def predict(self, X: Any, quantiles: Any = None) -> NDArray[np.float64]:
        """Predict targets: the mean over the trees of the leaf's value, or quantiles.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        quantiles : array-like of float of shape (n_quantiles,), default=None
            Between 0 and 1. Needs ``keep_leaf_samples=True`` in fit.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_outputs)
            In the units of y. With ``quantiles`` there is one more axis at the end: the smallest
            training targets that have at least these shares of the weight at or below them
            (Meinshausen, 2006).

        Raises
        ------
        ValueError
            If ``quantiles`` are not between 0 and 1, or fit kept no leaf samples.
        """
        if quantiles is None:
            return super().predict(X)
        levels = check_levels(quantiles)
        applied = self._leaves(X)
        samples: LeafSamples | None = self.__dict__.get("_leaf_samples")
        if samples is None:
            raise ValueError(
                f"quantiles={quantiles!r} need the training rows of the leaves: fit with "
                "keep_leaf_samples=True"
            )
        found = samples.quantiles(applied + self._tree_begin()[:-1], levels)
        return found[:, 0] if self.n_outputs_ == 1 else found
