"""Trees as text, as Graphviz and as a plot: by scikit-learn's own functions, on the same tree."""

from typing import Any

import sklearn.tree

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
    text: str = sklearn.tree.export_text(_as_sklearn(decision_tree), **options)
    return text


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
    text: str | None = sklearn.tree.export_graphviz(
        _as_sklearn(decision_tree), out_file=out_file, **options
    )
    return text


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
    boxes: list[Any] = sklearn.tree.plot_tree(_as_sklearn(decision_tree), **options)
    return boxes


def _as_sklearn(decision_tree: Any) -> Any:
    if not isinstance(decision_tree, BaseDecisionTree):
        raise TypeError(
            "decision_tree must be a DecisionTree* or ExtraTree* of gbengine (of a forest: one of "
            f"its estimators_), got {type(decision_tree).__name__}"
        )
    return decision_tree.to_sklearn()
