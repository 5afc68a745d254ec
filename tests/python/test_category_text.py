"""Splits of categories in texts, Graphviz and plots: the sets, not the numbers of them."""

import matplotlib
import numpy as np
import pandas as pd
import pytest

import gbengine
from gbengine import DecisionTreeRegressor
from gbengine._runtime import core

matplotlib.use("Agg")

NAME = 'work "class" $'
LEVELS = ["Private", "State-gov", "<none>"]
N = 300
RNG = np.random.default_rng(0)
X = pd.DataFrame({"x": RNG.normal(size=N), NAME: RNG.choice(LEVELS, N, p=[0.5, 0.3, 0.2])})
Y = (X["x"] > 0) * 4.0 + (X[NAME] == "State-gov")


def tree_of_sets(table=X, y=Y, column=1, members=("Private", "<none>"), **params):
    """A tree whose splits of a column send the same categories left."""
    tree = DecisionTreeRegressor(max_depth=2, **params).fit(table, y)
    levels = tree._encoder.levels[column].values.tolist()
    arrays = tree._model.to_arrays()
    is_split = arrays["feature"] == column
    bits = {min(levels.index(member), 255) for member in members}
    words = [sum(1 << bit % 64 for bit in bits if bit // 64 == word) for word in range(4)]
    arrays["category_sets"] = np.tile(np.array(words, dtype=np.uint64), (is_split.sum(), 1))
    arrays["threshold"][is_split] = np.arange(is_split.sum())
    arrays["n_categories"] = tree._encoder.n_categories
    tree._model = core.Model.from_arrays(arrays, "identity", "mean")
    return tree


def test_text():
    text = gbengine.export_text(tree_of_sets(), decimals=1)
    conditions = [line for line in text.splitlines() if "value" not in line]
    assert [conditions[0][:10], conditions[3][:10]] == ["|--- x <= ", "|--- x >  "]
    for left, right in (conditions[1:3], conditions[4:]):
        assert left == f"|   |--- {NAME} in {{Private, <none>}}"
        assert right == f"|   |--- {NAME} not in {{Private, <none>}}"


def test_names_of_columns():
    tree = tree_of_sets()
    assert "|   |--- job in {" in gbengine.export_text(tree, feature_names=["x", "job"])
    with pytest.raises(ValueError, match="feature_names must have 2 elements"):
        gbengine.export_text(tree, feature_names=["x"])
    unnamed = tree_of_sets(X.to_numpy(dtype=object))
    assert "|   |--- feature_1 in {" in gbengine.export_text(unnamed)
    assert "x[1] in {" in gbengine.export_graphviz(unnamed)


def test_graphviz(tmp_path):
    tree = tree_of_sets()
    text = gbengine.export_graphviz(tree)
    assert text.count(r'label="work \"class\" $ in {Private, <none>}\n') == 2
    html = gbengine.export_graphviz(tree, special_characters=True)
    assert html.count("<work &quot;class&quot; $ in {Private, &lt;none&gt;}<br/>") == 2
    assert gbengine.export_graphviz(tree, str(tmp_path / "tree.dot")) is None
    assert (tmp_path / "tree.dot").read_text(encoding="utf-8") == text
    with (tmp_path / "again.dot").open("w", encoding="utf-8") as file:
        gbengine.export_graphviz(tree, file)
    assert (tmp_path / "again.dot").read_text(encoding="utf-8") == text


def test_plot():
    from matplotlib import pyplot

    boxes = gbengine.plot_tree(tree_of_sets())
    pyplot.gcf().canvas.draw()
    pyplot.close("all")
    text = [box.get_text() for box in boxes]
    assert sum(line.startswith(r'work "class" \$ in {Private, <none>}') for line in text) == 2


def test_many_categories_are_not_all_written():
    many = [f"c{i:03}" for i in range(300)]
    table = pd.DataFrame({"c": np.repeat(many, 2)})
    tree = tree_of_sets(table, np.arange(600) < 300, 0, members=[*many[:20], many[299]])
    text = gbengine.export_text(tree)
    # The last bit is that of all from 255 on: 45 of them.
    assert "c in {c000, c001, c002, c003, c004, c005, c006, c007, … 57 more}" in text


def test_categories_that_are_numbers():
    table = X.assign(code=RNG.choice([3, 5, 7], N))
    params = {"categorical_features": ["code", NAME]}
    tree = tree_of_sets(table, table["code"] == 5, 2, members=[3, 7], **params)
    text = gbengine.export_text(tree)
    levels = [value for value in tree._encoder.levels[2].values if value != 5]
    assert f"code in {{{levels[0]}, {levels[1]}}}" in text


def test_tree_without_a_split_of_categories():
    tree = DecisionTreeRegressor(max_depth=1).fit(X, X["x"] > 0)
    text = gbengine.export_text(tree)
    assert text.startswith("|--- x <= ")
    assert "category" not in text
    with pytest.raises(ValueError, match=r"to_sklearn\(\) is for models of numeric columns"):
        tree.to_sklearn()
