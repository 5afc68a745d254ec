"""Ensembles that scikit-learn grows where ``estimator`` is not one of our trees."""

import os
from collections.abc import Mapping
from typing import Any

from gbengine._categorical import check_set_nowhere
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


def check_categories_of_peer(params: Mapping[str, Any]) -> None:
    """Refuse categorical columns where the estimator is not grown by the core; ValueError.

    It is given the table as it is, and may or may not read text.
    """
    check_set_nowhere(
        params,
        f"with estimator={params['estimator']!r}, which scikit-learn fits on the table as it is",
        "encode categories in the estimator, for example by a pipeline, or use a tree of gbengine",
    )


def check_categories_of_tree(tree: Mapping[str, Any], ensemble: str) -> None:
    """Refuse categorical columns said of a tree that stands in an ensemble; ValueError.

    Parameters
    ----------
    tree : mapping of str to object
        The tree's parameters.
    ensemble : str
        The ensemble's class.
    """
    check_set_nowhere(tree, f"in the estimator of {ensemble}", f"set that of {ensemble}")
