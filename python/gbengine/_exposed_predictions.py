"""Predictions of numbers from boosting: rates, or the totals over exposures, and their score."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import r2_score

from gbengine._offsets import need_log_link, read_exposure

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector


class ExposedPredictions:
    """Predictions for a boosted estimator of one target or several."""

    if TYPE_CHECKING:

        def _params(self) -> dict[str, Any]: ...
        def _table(self, X: Any) -> "Matrix": ...
        def _response(self, X: Any) -> NDArray[np.float64]: ...
        def _responses(self, table: "Matrix") -> Iterator[NDArray[np.float64]]: ...

    def predict(self, X: Any, *, exposure: Any = None) -> NDArray[np.float64]:
        """Predict targets.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        exposure : array-like of shape (n_rows,), default=None
            What each prediction shall be a total over; None: 1 for each row.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_targets)
            In the units of y; times ``exposure``.

        Raises
        ------
        ValueError
            If an exposure is not above 0, or the loss has none.
        """
        response = self._response(X)
        return self._totals(response, self._exposure(exposure, len(response)))

    def staged_predict(self, X: Any, *, exposure: Any = None) -> Iterator[NDArray[np.float64]]:
        """Predict targets after 1, 2, … rounds.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        exposure : array-like of shape (n_rows,), default=None
            As for ``predict``.

        Yields
        ------
        ndarray of shape (n_rows,) or (n_rows, n_targets)
        """
        table = self._table(X)
        factor = self._exposure(exposure, table.shape[0])
        return (self._totals(response, factor) for response in self._responses(table))

    def score(self, X: Any, y: Any, sample_weight: Any = None, *, exposure: Any = None) -> float:
        """Give R², the share of the targets' variance that predictions explain.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            Of several targets the mean of their R².
        sample_weight : array-like of shape (n_rows,), default=None
        exposure : array-like of shape (n_rows,), default=None
            What each y is a total over.

        Returns
        -------
        float
            At most 1; a constant, the mean, has 0.
        """
        predicted = self.predict(X) if exposure is None else self.predict(X, exposure=exposure)
        return float(r2_score(y, predicted, sample_weight=sample_weight))

    def _exposure(self, exposure: Any, n_rows: int) -> "Vector | None":
        if exposure is None:
            return None
        need_log_link(self._params())
        return read_exposure(exposure, n_rows)

    @staticmethod
    def _totals(response: NDArray[np.float64], exposure: "Vector | None") -> NDArray[np.float64]:
        if exposure is not None:
            response = response * exposure[:, np.newaxis]
        return response[:, 0] if response.shape[1] == 1 else response
