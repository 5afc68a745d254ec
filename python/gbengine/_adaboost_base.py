"""What AdaBoost of classes and of numbers share: trees of ours, or whatever else is given.

Trees of ours are grown by the core, all of them on one table. Any other estimator is boosted by
scikit-learn, which then stands behind all methods.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from gbengine._adaboost_fit import fitted_adaboost
from gbengine._adaboost_params import check_peer_params
from gbengine._peer import BackedByPeer, check_categories_of_peer
from gbengine._target_encoding import by_column
from gbengine._tree import BaseDecisionTree
from gbengine._tree_view import TreeSequence
from gbengine._trees import _DERIVED, BaseTrees
from gbengine._trees_state import array_from_file

if TYPE_CHECKING:
    from gbengine._core import Model

# What scikit-learn's fitted estimators have and ours too.
_OF_PEER = (
    "classes_",
    "n_classes_",
    "n_features_in_",
    "feature_names_in_",
    "estimator_weights_",
    "estimator_errors_",
)


class BaseAdaBoost(BackedByPeer, BaseTrees):
    """Base of the two kinds of AdaBoost; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (
        *BaseTrees._fitted_names,
        "_peer",
        "estimator_errors_",
        "estimator_weights_",
    )
    _file_arrays: ClassVar[tuple[str, ...]] = ("estimator_errors", "estimator_weights")
    # The trees that the core grows; the first is the default, with as many splits.
    _tree_classes: ClassVar[tuple[type[BaseDecisionTree], ...]]
    _default_depth: ClassVar[int]
    _peer_class: ClassVar[type[BaseEstimator]]

    estimator: Any
    estimator_errors_: NDArray[np.float64]
    estimator_weights_: NDArray[np.float64]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the estimators, one after the other.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features), or BinnedDataset
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
        y : array-like of shape (n_rows,)
            Targets: finite numbers of size up to 1e30, or classes (strings, whole numbers, bools).
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53, that the rows begin with. Rows of weight 0 are
            left out; a weight that is a whole number k is worth k copies of the row, bit for bit,
            if all are whole (but ``min_samples_leaf`` and ``min_samples_split`` of the trees count
            rows, where these are not drawn).

        Returns
        -------
        self : estimator
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed; also if the first
            tree knows the classes no better than chance.
        TypeError
            If X has a column that is neither numeric nor categorical.
        """
        params = self._check_params()
        tree = self._native_tree()
        if tree is None:
            check_peer_params(params)
            check_categories_of_peer(params)
            peer = self._new_peer().fit(X, y, sample_weight)
            learnt = {name: getattr(peer, name) for name in _OF_PEER if hasattr(peer, name)}
            self._adopt({"_peer": peer} | learnt)
        else:
            fitted = fitted_adaboost(self, tree, (X, y, sample_weight))
            self._adopt(fitted | {_DERIVED: {}})  # predict fills it, but adds no attribute
        return self

    @property
    def estimator_(self) -> Any:
        """An estimator of the kind that is boosted, not fitted."""
        tree = self._native_tree()
        return clone(self.estimator if tree is None else tree)

    @property
    def estimators_(self) -> Any:
        """The fitted estimators: a list, or of trees a sequence that makes each when asked."""
        check_is_fitted(self)
        peer = self.__dict__.get("_peer")
        if peer is not None:
            return peer.estimators_
        return TreeSequence(self._model.n_trees, self._tree)

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Share of each feature in what the splits took off the impurity, (n_features,).

        Mean over the trees by ``estimator_weights_``; they sum to 1 if every tree has a split.
        """
        check_is_fitted(self)
        peer = self.__dict__.get("_peer")
        if peer is not None:
            importances: NDArray[np.float64] = peer.feature_importances_
            return importances
        arrays = self._model.to_arrays(copy=False)
        n_trees, n_features = self._model.n_trees, self._model.n_features
        tree = np.repeat(np.arange(n_trees), np.diff(arrays["tree_begin"]))
        is_split = arrays["feature"] >= 0
        gains = np.zeros((n_trees, n_features))
        place = (tree[is_split], arrays["feature"][is_split])
        np.add.at(gains, place, arrays["split_gain"][is_split])
        total = gains.sum(axis=1, keepdims=True)
        shares = np.divide(gains, total, out=np.zeros_like(gains), where=total > 0)
        weights = self.estimator_weights_[:n_trees]
        # A regressor's only tree may weigh nothing.
        means = np.average(shares, axis=0, weights=weights if weights.any() else None)
        return by_column(self._encoding, means)

    def staged_score(self, X: Any, y: Any, sample_weight: Any = None) -> Iterator[float]:
        """Give the score of the first estimator, of the first two, and so on.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        y : array-like of shape (n_rows,)
            The true targets.
        sample_weight : array-like of shape (n_rows,), default=None

        Yields
        ------
        float
            What ``score`` gives: the accuracy, or R².
        """
        for predicted in self.staged_predict(X):
            yield self._score_of(y, predicted, sample_weight)

    def __len__(self) -> int:
        return len(self.estimators_)

    def __getitem__(self, index: int) -> Any:
        """Give one fitted estimator, as ``estimators_`` does."""
        return self.estimators_[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.estimators_)

    def staged_predict(self, X: Any) -> Iterator[np.ndarray[Any, Any]]:
        """Give the predictions of the first estimator, of the first two, and so on."""
        raise NotImplementedError

    def _score_of(self, y: Any, predicted: Any, sample_weight: Any) -> float:
        raise NotImplementedError

    def _weights_of_trees(self) -> NDArray[np.float64]:
        return self.estimator_weights_[: self._model.n_trees]

    def _native_tree(self) -> BaseDecisionTree | None:
        """Give the tree that the core is to grow, or None if ``estimator`` is something else."""
        tree = self.estimator
        if tree is None:
            return self._tree_classes[0](max_depth=self._default_depth)
        if type(tree) not in self._tree_classes:
            return None
        assert isinstance(tree, BaseDecisionTree)
        return tree

    def _new_peer(self) -> Any:
        """Give scikit-learn's AdaBoost with the same parameters, not fitted."""
        known = self._peer_class._get_param_names()
        params = self._params()
        # scikit-learn 1.7 has one more, which nothing reads.
        return self._peer_class(**{name: params[name] for name in known if name in params})

    def _tree(self, index: int) -> BaseDecisionTree:
        classes: dict[str, Any] = {
            name: self.__dict__[name]
            for name in ("classes_", "n_classes_")
            if name in self.__dict__
        }
        return self._adopted_by(clone(self._native_tree()), self._model.select([index]), classes)

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        _, content = super()._file_extras()
        arrays = {
            "estimator_errors": self.estimator_errors_,
            "estimator_weights": self.estimator_weights_,
        }
        return arrays, content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        weights = array_from_file(arrays, "estimator_weights", np.float64)
        errors = array_from_file(arrays, "estimator_errors", np.float64, len(weights))
        if fitted["n_outputs_"] != 1 or len(weights) < model.n_trees:
            raise ValueError(f"{len(weights)} weights for {model.n_trees} trees of one output")
        if not (np.isfinite(weights).all() and weights.min() >= 0 and np.isfinite(errors).all()):
            raise ValueError("estimator_weights must be finite and not negative")
        return fitted | {"estimator_weights_": weights, "estimator_errors_": errors}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = False
        if self._native_tree() is None:
            of_peer = get_tags(self._new_peer())
            tags.input_tags, tags.target_tags = of_peer.input_tags, of_peer.target_tags
        return tags
