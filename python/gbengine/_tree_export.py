"""Trees as text, as Graphviz and as a plot: by scikit-learn's own functions, on the same tree.

A split of categories is written as a set (``_category_text.py``).
"""

from pathlib import Path
from typing import Any

import sklearn.tree
from sklearn.utils.validation import check_is_fitted

from gbengine._category_text import (
    MarkedTree,
    escaped_for_dot,
    escaped_for_html,
    escaped_for_plot,
    has_categories,
)
from gbengine._tree import BaseDecisionTree


def export_text(decision_tree: BaseDecisionTree, **options: Any) -> str:
    """Write a tree as indented text.

    Parameters
    ----------
    decision_tree : DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier or \
            ExtraTreeRegressor
        Fitted; a tree of a forest's ``estimators_`` is one, too.
    **options
        As of ``sklearn.tree.export_text``: ``feature_names``, ``class_names``, ``max_depth``,
        ``spacing``, ``decimals``, ``show_weights``.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If it is no single tree of gbengine.

    Examples
    --------
    >>> from gbengine import DecisionTreeClassifier, export_text
    >>> tree = DecisionTreeClassifier().fit([[1.0], [2.0]], ["no", "yes"])
    >>> print(export_text(tree, feature_names=["size"]))
    |--- size <= 1.50
    |   |--- class: no
    |--- size >  1.50
    |   |--- class: yes
    <BLANKLINE>
    """
    _check_tree(decision_tree)
    if not has_categories(decision_tree):
        text: str = sklearn.tree.export_text(decision_tree.to_sklearn(), **options)
        return text
    marked = MarkedTree(decision_tree, options.pop("feature_names", None), "feature_{}")
    names = marked.feature_names
    return marked.filled(sklearn.tree.export_text(marked.twin, feature_names=names, **options))


def export_graphviz(
    decision_tree: BaseDecisionTree, out_file: Any = None, **options: Any
) -> str | None:
    """Write a tree in Graphviz's DOT language.

    Parameters
    ----------
    decision_tree : estimator
        As for ``export_text``.
    out_file : str or file, default=None
        Where to write it; None returns it.
    **options
        As of ``sklearn.tree.export_graphviz``: ``feature_names``, ``class_names``, ``filled``, …

    Returns
    -------
    str or None
        The text, if there is no ``out_file``.

    Raises
    ------
    TypeError
        If it is no single tree of gbengine.
    """
    _check_tree(decision_tree)
    if not has_categories(decision_tree):
        text: str | None = sklearn.tree.export_graphviz(
            decision_tree.to_sklearn(), out_file=out_file, **options
        )
        return text
    marked = MarkedTree(decision_tree, options.pop("feature_names", None), "x[{}]")
    marks = sklearn.tree.export_graphviz(
        marked.twin, out_file=None, feature_names=marked.feature_names, **options
    )
    is_html = options.get("special_characters", False)
    dot = marked.filled(marks, escaped_for_html if is_html else escaped_for_dot)
    if out_file is None:
        return dot
    if isinstance(out_file, str):
        Path(out_file).write_text(dot, encoding="utf-8")
    else:
        out_file.write(dot)
    return None


def plot_tree(decision_tree: BaseDecisionTree, **options: Any) -> list[Any]:
    """Draw a tree with matplotlib, which has to be installed.

    Parameters
    ----------
    decision_tree : estimator
        As for ``export_text``.
    **options
        As of ``sklearn.tree.plot_tree``: ``max_depth``, ``feature_names``, ``filled``, ``ax``, …

    Returns
    -------
    list of matplotlib.text.Annotation
        The boxes of the nodes.

    Raises
    ------
    TypeError
        If it is no single tree of gbengine.
    """
    _check_tree(decision_tree)
    if not has_categories(decision_tree):
        boxes: list[Any] = sklearn.tree.plot_tree(decision_tree.to_sklearn(), **options)
        return boxes
    marked = MarkedTree(decision_tree, options.pop("feature_names", None), "x[{}]")
    boxes = sklearn.tree.plot_tree(marked.twin, feature_names=marked.feature_names, **options)
    for box in boxes:
        box.set_text(marked.filled(box.get_text(), escaped_for_plot))
    return boxes


def _check_tree(decision_tree: Any) -> None:
    if not isinstance(decision_tree, BaseDecisionTree):
        raise TypeError(
            "decision_tree must be a DecisionTree* or ExtraTree* of gbengine (of a forest: one of "
            f"its estimators_), got {type(decision_tree).__name__}"
        )
    check_is_fitted(decision_tree)
