"""What bagging of classifiers and of regressors share: trees of ours, or whatever else is given.

Trees of ours are grown by the core, all of them on one table. Any other estimator is bagged by
scikit-learn, which then stands behind all methods.
"""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils import get_tags

from gbengine._bagged_trees import BaggedTrees
from gbengine._bagging_fit import fitted_bagging
from gbengine._peer import BackedByPeer, check_categories_of_peer
from gbengine._tree import BaseDecisionTree
from gbengine._trees_state import array_from_file

if TYPE_CHECKING:
    from gbengine._core import Model

_OOB_NAMES = ("oob_decision_function_", "oob_prediction_", "oob_score_")
# What scikit-learn's fitted estimators have and ours too.
_OF_PEER = ("classes_", "n_classes_", "n_features_in_", "feature_names_in_", *_OOB_NAMES)


class BaseBagging(BackedByPeer, BaggedTrees):
    """Base of the two kinds of bagging; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (*BaggedTrees._fitted_names, "_peer", *_OOB_NAMES)
    _file_arrays: ClassVar[tuple[str, ...]] = (*BaggedTrees._file_arrays, "oob_score")
    # The trees that the core grows; the first is the default.
    _tree_classes: ClassVar[tuple[type[BaseDecisionTree], ...]]
    _peer_class: ClassVar[type[BaseEstimator]]

    estimator: Any
    warm_start: bool

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_params: Any) -> Self:
        """Fit the estimators, each on rows and columns of its own.

        Parameters
        ----------
        X : array-like, sparse matrix, data frame or BinnedDataset of shape (n_rows, n_features)
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
            Targets: finite numbers of size up to 1e30, or classes (strings, whole numbers, bools).
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53: the chances of being drawn. Rows of weight 0 are
            left out; a weight that is a whole number k is worth k copies of the row, bit for bit,
            if all are whole and the estimators are trees without class weights, with the default
            ``min_samples_leaf`` and ``min_samples_split``, which count a row once, however often
            it was drawn.
        **fit_params : dict
            For an ``estimator`` that is bagged by scikit-learn: what its fit is to get, with
            ``sklearn.set_config(enable_metadata_routing=True)``.

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
        params = self._check_params()
        tree = self._native_tree()
        self._check_kind(is_native=tree is not None)
        if tree is None:
            check_categories_of_peer(params)
            self._adopt(self._fitted_by_peer(X, y, sample_weight, fit_params))
            return self
        if fit_params:
            raise TypeError(
                f"fit of {type(self).__name__} got {sorted(fit_params)}: trees take X, y and "
                "sample_weight only"
            )
        self._adopt(fitted_bagging(self, tree, (X, y, sample_weight)))
        return self

    @property
    def estimator_(self) -> Any:
        """An estimator of the kind that is fitted, not fitted itself."""
        return self._new_tree() if self._native_tree() is not None else clone(self.estimator)

    @property
    def estimators_(self) -> Any:
        """The fitted estimators: a list, or of trees a sequence that makes each when asked.

        As in scikit-learn, estimator i predicts on the columns ``estimators_features_[i]`` of a
        table; those of a classifier know the classes by their positions in ``classes_``.
        """
        return self._peer_or_self("estimators_")

    @property
    def estimators_features_(self) -> Any:
        """For each estimator the columns it was fitted on.

        Of a tree ascending, and one that was drawn twice once.
        """
        return self._peer_or_self("estimators_features_")

    @property
    def estimators_samples_(self) -> Any:
        """For each estimator the rows it was fitted on; one that was drawn twice is there twice.

        A model file does not have them.
        """
        return self._peer_or_self("estimators_samples_")

    def _peer_or_self(self, name: str) -> Any:
        peer = self.__dict__.get("_peer")
        return getattr(super() if peer is None else peer, name)

    def get_metadata_routing(self) -> Any:
        """Give what is routed where; see scikit-learn's user guide on metadata routing.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRequest or MetadataRouter
            Of an ``estimator`` that is bagged by scikit-learn, what its bagging routes.
        """
        if self._native_tree() is None:
            return self._new_peer().get_metadata_routing()
        return super().get_metadata_routing()

    def _native_tree(self) -> BaseDecisionTree | None:
        """Give the tree that the core is to grow, or None if ``estimator`` is something else."""
        tree = self.estimator
        if tree is None:
            return self._tree_classes[0]()
        # Weights of classes multiply those of drawn rows, which the core does not do.
        if type(tree) not in self._tree_classes or getattr(tree, "class_weight", None) is not None:
            return None
        assert isinstance(tree, BaseDecisionTree)
        return tree

    def _new_tree(self) -> BaseDecisionTree:
        tree: BaseDecisionTree = clone(self._native_tree())
        return tree

    def _new_peer(self) -> Any:
        """Give scikit-learn's bagging with the same parameters, not fitted."""
        known = self._peer_class._get_param_names()
        params = {name: value for name, value in self._params().items() if name in known}
        if params["max_samples"] is None:
            del params["max_samples"]  # its default, which was 1.0 before scikit-learn 1.9
        return self._peer_class(**params)

    def _check_kind(self, *, is_native: bool) -> None:
        is_fitted_native = "_model" in self.__dict__
        if self.warm_start and self.__sklearn_is_fitted__() and is_fitted_native != is_native:
            raise ValueError(
                "with warm_start=True estimator must stay of its kind, a tree of gbengine without "
                f"class_weight or anything else: it is {self.estimator!r}"
            )

    def _fitted_by_peer(
        self, X: Any, y: Any, sample_weight: Any, fit_params: Mapping[str, Any]
    ) -> dict[str, Any]:
        peer = self._new_peer()
        if self.warm_start and "_peer" in self.__dict__:
            # The lists are appended to: those of this fitted estimator must not change.
            peer.__dict__ = self.__dict__["_peer"].__dict__ | peer.__dict__
            for name in ("estimators_", "estimators_features_"):
                setattr(peer, name, copy.copy(getattr(peer, name)))
        peer.fit(X, y, sample_weight=sample_weight, **fit_params)
        return {"_peer": peer} | {n: getattr(peer, n) for n in _OF_PEER if hasattr(peer, n)}

    def _peer_for(self, method: str, params: Mapping[str, Any]) -> Any:
        """Give scikit-learn's fitted bagging, or None if trees answer, which take X only."""
        peer = self.__dict__.get("_peer")
        if peer is None and params:
            raise TypeError(f"{method} of bagged trees takes X only, but got {sorted(params)}")
        return peer

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        arrays, content = super()._file_extras()
        if "oob_score_" in self.__dict__:
            arrays["oob_score"] = np.array([self.__dict__["oob_score_"]])
        return arrays, content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        if "oob_score" in arrays:
            fitted["oob_score_"] = float(array_from_file(arrays, "oob_score", np.float64, 1)[0])
        return fitted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self._native_tree() is None:
            of_peer = get_tags(self._new_peer())
            tags.input_tags, tags.target_tags = of_peer.input_tags, of_peer.target_tags
            tags.classifier_tags = of_peer.classifier_tags
        return tags
