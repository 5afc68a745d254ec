"""What bagging and isolation forests share: trees that have rows and columns of their own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._draws import Draws
from gbengine._tree import BaseDecisionTree
from gbengine._tree_columns import (
    COLUMN_ARRAYS,
    TreeColumns,
    columns_from_file,
    file_columns,
    tree_alone,
)
from gbengine._tree_config import n_columns_drawn
from gbengine._tree_view import TreeSequence
from gbengine._trees import BaseTrees

if TYPE_CHECKING:
    from gbengine._core import Model


class BaggedTrees(BaseTrees):
    """Base of bagging and isolation forests; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (*BaseTrees._fitted_names, "_columns", "_draws")
    _file_arrays: ClassVar[tuple[str, ...]] = COLUMN_ARRAYS

    _columns: TreeColumns
    _draws: list[Draws]

    def _new_tree(self) -> BaseDecisionTree:
        """Give a tree of the kind that is grown, not fitted."""
        raise NotImplementedError

    @property
    def estimator_(self) -> Any:
        """An estimator of the kind that is fitted, not fitted itself."""
        return self._new_tree()

    @property
    def estimators_(self) -> Any:
        """The trees as fitted estimators: a sequence that makes each when it is asked for.

        As in scikit-learn, tree i predicts on the columns ``estimators_features_[i]`` of a table;
        those of a classifier know the classes by their positions in ``classes_``.
        """
        check_is_fitted(self)
        return TreeSequence(self._model.n_trees, self._tree)

    @property
    def estimators_features_(self) -> list[NDArray[np.int64]]:
        """For each tree the columns it was grown on, ascending; one that was drawn twice once."""
        check_is_fitted(self)
        return [self._columns.of(tree) for tree in range(self._model.n_trees)]

    @property
    def estimators_samples_(self) -> list[NDArray[np.intp]]:
        """For each tree the rows it was grown on; one that was drawn twice is there twice.

        A model file does not have them.
        """
        check_is_fitted(self)
        if "_draws" not in self.__dict__:
            raise AttributeError("estimators_samples_ is not in a model file: fit or unpickle")
        return [rows for draws in self._draws for rows in draws.rows_of_trees()]

    def __len__(self) -> int:
        return len(self.estimators_)

    def __getitem__(self, index: int) -> Any:
        """Give one tree, as ``estimators_`` does."""
        return self.estimators_[index]

    def _tree(self, index: int) -> BaseDecisionTree:
        tree = self._new_tree()
        columns = self._columns.of(index)
        fitted = {
            "_model": tree_alone(self._model, index, columns),
            "_seed": self._seed,
            "_trained_with": {},
            "n_features_in_": len(columns),
            "n_outputs_": self.n_outputs_,
            "max_features_": n_columns_drawn(tree.max_features, len(columns)),
        }
        counts = self._class_counts()
        if counts:
            codes = [np.arange(n) for n in counts]
            fitted["classes_"] = codes[0] if len(codes) == 1 else codes
            fitted["n_classes_"] = counts[0] if len(codes) == 1 else np.array(counts)
        tree._adopt(fitted)
        return tree

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        _, content = super()._file_extras()
        return file_columns(self._columns, self.n_features_in_), content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        return fitted | {"_columns": columns_from_file(model, arrays)}
