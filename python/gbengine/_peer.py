"""Ensembles that scikit-learn grows where ``estimator`` is not one of our trees."""

import os
from typing import Any

from gbengine._estimator import BaseTreeEnsemble


class BackedByPeer(BaseTreeEnsemble):
    """Base of such ensembles, whose fitted peer is ``_peer``; not to be used by itself."""

    estimator: Any

    def save_model(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to a file, which ``gbengine.load_model`` reads.

        As that of the other estimators; an ensemble of other estimators than trees is refused.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        TypeError
            If ``estimator`` is not one of the trees that the core grows.
        OSError
            If it cannot be written; nothing is left behind.
        """
        if "_peer" in self.__dict__:
            raise TypeError(
                f"a model file holds trees only, not estimators like {self.estimator!r}: use pickle"
            )
        super().save_model(path)

    def __sklearn_is_fitted__(self) -> bool:
        return "_peer" in self.__dict__ or super().__sklearn_is_fitted__()
