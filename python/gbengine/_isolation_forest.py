"""Isolation forests: outliers are the rows that random splits part soon."""

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import OutlierMixin

from gbengine._bagged_trees import BaggedTrees
from gbengine._bagging_fit import Bag, grow_bag
from gbengine._bagging_params import ISOLATION_FOREST, columns_per_tree
from gbengine._extra_tree import ExtraTreeRegressor
from gbengine._fingerprint import row_fingerprints
from gbengine._grow import Rows, learnt_attributes, read_rows
from gbengine._param_table import Param, constraints
from gbengine._path_lengths import mean_path_length, with_path_lengths
from gbengine._tree import BaseDecisionTree
from gbengine._tree_config import Sampling, Size

if TYPE_CHECKING:
    from gbengine._core import Model

_USUAL_DRAWS = 256  # as in the paper
_USUAL_OFFSET = -0.5  # the score of a row whose path is as long as the mean

Scores = NDArray[np.float64]


class IsolationForest(OutlierMixin, BaggedTrees):
    """An isolation forest: finds outliers.

    Each tree draws rows and splits them at random until they are alone; outliers are alone after
    few splits (Liu, Ting and Zhou, "Isolation forest", 2008). Every value is kept, none are put
    into bins: outliers would share theirs. The same data, parameters and seed give the same
    forest, bit for bit, whatever the number of threads and the order of the rows.

    Parameters
    ----------
    n_estimators : int >= 1, default=100
        Number of trees.
    max_samples : int >= 1, float in (0, 1] or "auto", default="auto"
        Rows drawn for each tree. An int is a number, a float a share of the rows; "auto" draws
        256, or all if there are fewer. Weights that are all whole numbers count as copies.
    contamination : float in (0, 0.5] or "auto", default="auto"
        Share of the training rows that are outliers. It sets ``offset_``, and thereby what
        predict calls an outlier. "auto" is -0.5, as in the paper.
    max_features : int >= 1 or float in (0, 1], default=1.0
        Columns drawn for each tree. A float is a share of them.
    bootstrap : bool, default=False
        Whether rows are drawn with replacement. Otherwise each at most once.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by everything that is drawn: rows, columns,
        thresholds. An int is the seed itself; None takes one from NumPy's global state.
    verbose : int or bool, default=0
        Whether to show progress. 0: silent; 1: a bar or some lines; 2: more lines.
    warm_start : bool, default=False
        Whether fit adds trees to those it has. Then up to ``n_estimators`` in all; the seed
        stays that of the first fit.
    categorical_features : array-like of str, int or bool, "from_dtype" or None, \
            default="from_dtype"
        Which columns hold categories. By name, by index or by a boolean mask; "from_dtype": those
        of text, and those whose type is categorical; None: none. A split then sends some of the
        categories left, whatever their order.
    handle_unknown : {"missing", "error"}, default="missing"
        What a category is that fit has not seen. A missing value, or an error. Read only if a
        column is categorical.

    Attributes
    ----------
    offset_ : float
        decision_function is score_samples minus this.
    max_samples_ : int
        Number of rows drawn for each tree.
    estimator_ : ExtraTreeRegressor
        Of the kind that is grown, not fitted.
    estimators_ : sequence of ExtraTreeRegressor
        The trees, each made when it is asked for; they predict the length of a row's path.
    estimators_samples_ : list of ndarray of int
        For each tree the rows it was grown on.
    estimators_features_ : list of ndarray of int
        For each tree the columns it was grown on.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.

    Examples
    --------
    >>> from gbengine import IsolationForest
    >>> X = [[-1.1], [0.3], [0.5], [100.0]]
    >>> model = IsolationForest(random_state=0).fit(X)
    >>> model.predict([[0.1], [0.0], [90.0]])
    array([ 1,  1, -1])
    """

    _param_table: ClassVar[tuple[Param, ...]] = ISOLATION_FOREST
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(ISOLATION_FOREST)
    _fitted_names: ClassVar[tuple[str, ...]] = (
        *BaggedTrees._fitted_names,
        "max_samples_",
        "offset_",
    )

    max_samples_: int
    offset_: float

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_samples: int | float | str = "auto",
        contamination: float | str = "auto",
        max_features: int | float = 1.0,
        bootstrap: bool = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
        y : ignored
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53: the chances of being drawn. Rows of weight 0 are
            left out; a weight that is a whole number k is worth k copies of the row, bit for bit,
            if all are whole.

        Returns
        -------
        self : IsolationForest
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed.
        TypeError
            If X has a column that is neither numeric nor categorical.

        Warns
        -----
        UserWarning
            If ``max_samples`` is above the number of rows.
        """
        params = self._check_params()
        arguments = (X, row_fingerprints, sample_weight)
        rows = read_rows(self, params, arguments, warns_of_column=False)
        n_draws = _n_draws(params["max_samples"], rows.size)
        kind = "with_replacement" if params["bootstrap"] else "without_replacement"
        n_columns = columns_per_tree(params["max_features"], rows.size.n_features)
        bag = Bag(Sampling(kind, n_draws), n_columns)
        previous = self._fitted_attributes() if params["warm_start"] else None
        of_tree = self._tree_for(n_draws)._params() | {"n_jobs": params["n_jobs"]}
        _, fitted = grow_bag((params, of_tree), rows, bag, learnt_attributes(rows), previous)
        fitted["_model"] = with_path_lengths(fitted["_model"])
        fitted |= {"max_samples_": n_draws, "offset_": _USUAL_OFFSET}
        if params["contamination"] != "auto":
            forest = self._blank()
            forest._adopt(fitted)
            fitted["offset_"] = _quantile(forest._scores(rows.X), rows, params["contamination"])
        self._adopt(fitted)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Tell outliers from others.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64 of shape (n_rows,)
            -1 where decision_function is negative, 1 elsewhere.
        """
        return np.where(self.decision_function(X) < 0, np.int64(-1), np.int64(1))

    def decision_function(self, X: Any) -> Scores:
        """Score rows by how unusual they are; outliers are below 0.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64 of shape (n_rows,)
            ``score_samples`` minus ``offset_``.
        """
        return self.score_samples(X) - self.offset_

    def score_samples(self, X: Any) -> Scores:
        """Score rows by how unusual they are.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64 of shape (n_rows,)
            From -1, most unusual, to 0: minus 2 to the power of minus the length of the row's
            path, mean over the trees, divided by the mean length for as many rows.
        """
        return self._scores(self._table(X))

    def _scores(self, table: Any) -> Scores:
        paths = self._model.raw_scores(table, self._n_threads(table))[:, 0]
        usual = mean_path_length(self.max_samples_)
        # A tree of one row says nothing: as if the path were as long as usual.
        relative = paths / usual if usual > 0 else np.ones_like(paths)
        return -np.exp2(-relative)

    def _new_tree(self) -> BaseDecisionTree:
        return self._tree_for(getattr(self, "max_samples_", _USUAL_DRAWS))

    def _tree_for(self, n_draws: int) -> BaseDecisionTree:
        """Give a tree that stops at the depth that so many rows have on average."""
        max_depth = max(1, (n_draws - 1).bit_length())
        return ExtraTreeRegressor(max_features=1, max_depth=max_depth, tree_method="exact")

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        arrays, content = super()._file_extras()
        return arrays, content | {"max_samples_": self.max_samples_, "offset_": self.offset_}

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        n_draws, offset = int(content["max_samples_"]), float(content["offset_"])
        if n_draws < 1 or not np.isfinite(offset):
            raise ValueError(f"max_samples_={n_draws}, offset_={offset} are not those of a forest")
        return fitted | {"max_samples_": n_draws, "offset_": offset}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags


def _n_draws(max_samples: Any, size: Size) -> int:
    if max_samples == "auto":
        return min(_USUAL_DRAWS, size.n_copies)
    if not isinstance(max_samples, Integral):
        return max(1, int(max_samples * size.n_copies))
    if int(max_samples) > size.n_copies:
        warnings.warn(
            f"max_samples={max_samples!r} is above {size.n_copies}, the number of rows: all of "
            "them are drawn",
            stacklevel=3,
        )
    return min(int(max_samples), size.n_copies)


def _quantile(scores: Scores, rows: Rows, share: float) -> float:
    """Give a quantile, rows counted as copies where their weights are whole numbers."""
    order = np.argsort(scores)
    is_whole = rows.weight is not None and rows.n_copies != len(scores)
    copies = np.ones(len(scores)) if rows.weight is None or not is_whole else rows.weight[order]
    ends = np.cumsum(copies)
    place = share * (rows.n_copies - 1)
    lower, upper = scores[order][np.searchsorted(ends, [np.floor(place), np.ceil(place)], "right")]
    return float(lower + (upper - lower) * (place - np.floor(place)))
