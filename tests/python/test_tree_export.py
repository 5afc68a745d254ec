"""Text, Graphviz and plots of trees: what scikit-learn makes of the same tree."""

import matplotlib
import pytest
import sklearn.tree
from forest_support import FORESTS, TREES, float32_table, make, targets

import gbengine

matplotlib.use("Agg")


@pytest.fixture(params=TREES)
def tree(request):
    X = float32_table()
    return make(request.param, max_depth=2).fit(X, targets(request.param, X))


def test_text(tree):
    text = gbengine.export_text(tree, feature_names=list("abcd"))
    assert text == sklearn.tree.export_text(tree.to_sklearn(), feature_names=list("abcd"))
    assert text.count("<=") == tree.get_n_leaves() - 1


def test_graphviz(tree, tmp_path):
    text = gbengine.export_graphviz(tree, filled=True)
    assert text == sklearn.tree.export_graphviz(tree.to_sklearn(), filled=True)
    assert gbengine.export_graphviz(tree, str(tmp_path / "tree.dot"), filled=True) is None
    assert (tmp_path / "tree.dot").read_text() == text


def test_plot(tree):
    from matplotlib import pyplot

    boxes = gbengine.plot_tree(tree)
    pyplot.close("all")
    assert sum("samples" in box.get_text() for box in boxes) == tree.tree_.node_count


@pytest.mark.parametrize("name", FORESTS)
def test_tree_of_a_forest(name):
    X = float32_table()
    forest = make(name, max_depth=2, keep_statistics=True).fit(X, targets(name, X))
    assert "feature_" in gbengine.export_text(forest.estimators_[1])


def test_anything_else_is_refused():
    X = float32_table()
    forest = make(FORESTS[0]).fit(X, targets(FORESTS[0], X))
    for other in (forest, sklearn.tree.DecisionTreeClassifier(), "tree"):
        with pytest.raises(TypeError, match=r"decision_tree must be a DecisionTree\*"):
            gbengine.export_text(other)
