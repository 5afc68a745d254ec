"""Ensembles of trees that can be taken apart: a list of trees, and the rows each was grown on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._draws import Draws
from gbengine._trees import BaseTrees


class TreeList(BaseTrees):
    """Base of ensembles whose trees were grown on rows drawn for each; not to be used by itself."""

    _draws: list[Draws]

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

    def __iter__(self) -> Iterator[Any]:
        return iter(self.estimators_)

    def _class_codes(self, dtype: DTypeLike) -> dict[str, Any]:
        """Give the classes as a tree knows them: by their positions; nothing for regression."""
        counts = self._class_counts()
        if not counts:
            return {}
        codes = [np.arange(n, dtype=dtype) for n in counts]
        if len(counts) == 1:
            return {"classes_": codes[0], "n_classes_": counts[0]}
        return {"classes_": codes, "n_classes_": np.array(counts)}
