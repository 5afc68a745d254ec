"""What bagging and isolation forests share: trees that have rows and columns of their own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._members import TreeList
from gbengine._tree import BaseDecisionTree
from gbengine._tree_columns import (
    COLUMN_ARRAYS,
    TreeColumns,
    columns_from_file,
    file_columns,
    tree_alone,
)
from gbengine._tree_view import TreeSequence

if TYPE_CHECKING:
    from gbengine._core import Model


class BaggedTrees(TreeList):
    """Base of bagging and isolation forests; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (*TreeList._fitted_names, "_columns", "_draws")
    _file_arrays: ClassVar[tuple[str, ...]] = COLUMN_ARRAYS

    _columns: TreeColumns

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
        return [self._columns_of_table(tree) for tree in range(self._model.n_trees)]

    def _columns_of_table(self, tree: int) -> NDArray[np.int64]:
        columns = self._columns.of(tree)
        return columns if self._encoding is None else self._encoding.columns_of(columns)

    def _tree(self, index: int) -> BaseDecisionTree:
        columns = self._columns_of_table(index)
        inner = columns if self._encoding is None else self._encoding.inner_of(columns)
        model = tree_alone(self._model, index, inner)
        return self._adopted_by(self._new_tree(), model, self._class_codes(np.int64), columns)

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        _, content = super()._file_extras()
        return file_columns(self._columns, self._model.n_features), content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        return fitted | {"_columns": columns_from_file(model, arrays)}
