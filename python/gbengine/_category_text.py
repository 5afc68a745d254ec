"""Splits of categories in the texts and plots of trees: "workclass in {Private, State-gov}".

scikit-learn's exporters know thresholds only. They are given a twin of the tree in which each such
split asks a column of its own, named by a mark; in what they write, marks become sets. A mark is as
wide as the text that takes its place, so that boxes of plots come out right.
"""

import html
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sklearn.tree
from numpy.typing import NDArray

from gbengine._encoder import Encoder
from gbengine._target_encoding import statistic_labels
from gbengine._to_sklearn import twin_of
from gbengine._tree_view import sklearn_tree

# Every font has them, no exporter escapes them, and no name has them with a number in between.
_BEGIN, _FILL, _END = "¤", "¬", "¦"
_SPLIT = re.compile(f"{_BEGIN}(\\d+){_FILL}[^{_END}]*{_END} (<=|&le;|>) *-?[0-9.]+")
_SHOWN = 8
# Of a set's 256 bits the last stands for all codes from there on.
_LAST_BIT = 255


class MarkedTree:
    """A fitted tree with splits of categories, ready for scikit-learn's exporters.

    Parameters
    ----------
    tree : BaseDecisionTree
    feature_names : sequence of str or None
        As the user gave them to the exporter; None for those that fit saw.
    default_name : str
        What a column without a name is called, with its number for "{}".
    """

    def __init__(self, tree: Any, feature_names: Sequence[str] | None, default_name: str) -> None:
        names = _names(tree, feature_names, default_name)
        if tree._encoding is not None:
            names = tree._encoding.names(names, statistic_labels(tree.__dict__))
        arrays = dict(tree._model.tree(0))
        encoder: Encoder = tree._encoder
        sets = arrays.get("category_sets", ())
        is_marked = (arrays["feature"] >= 0) & _has_sets(tree)[arrays["feature"]]
        nodes = np.flatnonzero(is_marked) if len(sets) else np.empty(0, dtype=np.intp)
        self._conditions = [
            (
                names[arrays["feature"][node]],
                _members(sets[int(arrays["threshold"][node])], encoder, arrays["feature"][node]),
            )
            for node in nodes
        ]
        feature, threshold = arrays["feature"].copy(), arrays["threshold"].copy()
        feature[nodes] = len(names) + np.arange(len(nodes))
        threshold[nodes] = 0.0
        arrays |= {"feature": feature, "threshold": threshold}
        marks = [self._mark(index) for index in range(len(nodes))]
        self.feature_names = [*names, *marks]
        self.twin = twin_of(tree, sklearn.tree)
        self.twin.__dict__.pop("feature_names_in_", None)
        self.twin.n_features_in_ = len(self.feature_names)
        n_classes, n_outputs = tree._class_counts(), tree.n_outputs_
        self.twin.tree_ = sklearn_tree(arrays, len(self.feature_names), n_classes, n_outputs)

    def filled(self, text: str, escape: Callable[[str], str] = str) -> str:
        """Put the sets in the places of their marks, escaped for where they stand."""

        def condition(match: re.Match[str]) -> str:
            name, members = self._conditions[int(match[1])]
            word = "not in" if match[2] == ">" else "in"
            return escape(f"{name} {word} {members}")

        return _SPLIT.sub(condition, text)

    def _mark(self, index: int) -> str:
        name, members = self._conditions[index]
        return f"{_BEGIN}{index}{_FILL}{'x' * (len(name) + len(members))}{_END}"


def has_categories(tree: Any) -> bool:
    """Tell whether a fitted tree has columns of categories."""
    return "_encoder" in tree.__dict__


def escaped_for_dot(text: str) -> str:
    """Escape text for a quoted string of the DOT language."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def escaped_for_html(text: str) -> str:
    """Escape text for one of Graphviz's HTML-like labels."""
    return html.escape(text)


def escaped_for_plot(text: str) -> str:
    """Escape text for matplotlib, to which a pair of dollars means a formula."""
    return text.replace("$", r"\$")


def _has_sets(tree: Any) -> NDArray[np.bool_]:
    """Tell which of the core's columns are split by sets."""
    encoder: Encoder = tree._encoder
    n_categories = encoder.n_categories
    if tree._encoding is not None:
        n_categories = tree._encoding.n_categories(encoder)
    return n_categories > 0


def _names(tree: Any, feature_names: Sequence[str] | None, default_name: str) -> list[str]:
    n_features = tree.n_features_in_
    if feature_names is None:
        fitted = getattr(tree, "feature_names_in_", None)
        unnamed = [default_name.format(index) for index in range(n_features)]
        return unnamed if fitted is None else fitted.tolist()
    if len(feature_names) != n_features:
        raise ValueError(
            f"feature_names must have {n_features} elements, one for each column of X, got "
            f"{len(feature_names)}"
        )
    return [str(name) for name in feature_names]


def _members(category_set: NDArray[np.uint64], encoder: Encoder, feature: int) -> str:
    """Name the categories that go left, the most frequent ones if there are many."""
    levels = encoder.levels[int(feature)].values
    bit = np.minimum(np.arange(len(levels)), _LAST_BIT)
    words = category_set[bit // 64] >> (bit % 64).astype(np.uint64)
    members = levels[(words & np.uint64(1)).astype(bool)].tolist()
    shown = [str(value) for value in members[:_SHOWN]]
    if len(members) > _SHOWN:
        shown.append(f"… {len(members) - _SHOWN} more")
    return "{" + ", ".join(shown) + "}"
