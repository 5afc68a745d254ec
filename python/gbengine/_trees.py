"""What single trees and forests share: how they sit in files, node numbers, tags."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._encoder import Encoder
from gbengine._estimator import BaseTreeEnsemble
from gbengine._numbering import Numbering, number_nodes
from gbengine._tree_config import n_columns_drawn
from gbengine._trees_state import file_outputs, outputs_from_file

if TYPE_CHECKING:
    from gbengine._core import Model
    from gbengine._tree import BaseDecisionTree

# Derived from the fitted model when first asked for; not pickled.
_DERIVED = "_derived"


class BaseTrees(BaseTreeEnsemble):
    """Base of trees and forests; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (
        *BaseTreeEnsemble._fitted_names,
        _DERIVED,
        "classes_",
        "n_classes_",
        "n_outputs_",
    )

    n_outputs_: int
    _seed: int

    def _class_counts(self) -> list[int]:
        """Give the number of classes of each output; for regression none."""
        return []

    def _remember(self, name: str, make: Any) -> Any:
        """Give what ``make`` makes of the fitted model, made once."""
        check_is_fitted(self)
        derived: dict[str, Any] = self.__dict__[_DERIVED]
        if name not in derived:
            derived[name] = make()
        return derived[name]

    def _adopt(self, fitted: dict[str, Any]) -> None:
        """Take fitted attributes; what was derived from those before is gone."""
        super()._adopt(fitted | {_DERIVED: {}})

    def _numbering(self) -> Numbering:
        numbering: Numbering = self._remember("numbering", lambda: number_nodes(self._model))
        return numbering

    def _adopted_by(
        self,
        tree: "BaseDecisionTree",
        model: "Model",
        classes: dict[str, Any],
        columns: NDArray[np.int64] | None = None,
    ) -> "BaseDecisionTree":
        """Make a tree that is not fitted one of this ensemble's, and give it back.

        ``columns`` are those of X that the tree's tables have; None for all.
        """
        encoder: Encoder | None = self.__dict__.get("_encoder")
        encoding = self._encoding
        if encoder is not None and columns is not None:
            encoder = encoder.select(columns)
            encoding = encoding and encoding.select(columns)
        tree.handle_unknown = self.handle_unknown if encoder else "missing"
        tree._adopt(
            {
                "_model": model,
                "_seed": self._seed,
                "_trained_with": {},
                "n_features_in_": self.n_features_in_ if columns is None else len(columns),
                "n_outputs_": self.n_outputs_,
                "max_features_": n_columns_drawn(tree.max_features, model.n_features),
            }
            | ({"_encoder": encoder} if encoder else {})
            | ({"_target_encoding": encoding} if encoding else {})
            | classes
        )
        return tree

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        content = {"aggregation": self._model.aggregation, **file_outputs(self)}
        return {}, content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        return outputs_from_file(cls, model, content)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = True
        tags.target_tags.multi_output = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Give what pickle and copy carry, without what can be derived again."""
        state = super().__getstate__()
        state.pop(_DERIVED, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take such a state, from which nothing has been derived yet."""
        super().__setstate__(state)
        if self.__sklearn_is_fitted__():
            self.__dict__[_DERIVED] = {}
