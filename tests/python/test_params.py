"""Table, signatures and docstrings name the same parameters; wrong and idle ones are refused."""

import inspect
import re

import numpy as np
import pytest
import sklearn.ensemble
import sklearn.tree
from conftest import SKLEARN, estimator_for, make_problem
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError
from sklearn.utils.estimator_checks import check_param_validation

import gbengine
from gbengine import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from gbengine._config import as_limit, core_config, draw_seed, thread_count
from gbengine._params import CLASSIFICATION_LOSSES, REGRESSION_LOSSES
from gbengine._runtime import core
from gbengine._tree_params import EXACT_MAX_ROWS, table_bins
from gbengine._trees import BaseTrees

ESTIMATORS = [
    public
    for public in (getattr(gbengine, name) for name in gbengine.__all__)
    if hasattr(public, "_param_table")
]
TREES_AND_FORESTS = [cls for cls in ESTIMATORS if issubclass(cls, BaseTrees)]
REGRESSION = make_problem("regression", n_rows=200)
BINARY = make_problem("binary", n_rows=200)


def docstring_entries(cls):
    """Parameter name → (header, text) of a numpydoc "Parameters" section."""
    section = re.search(r"Parameters\n-+\n(.*?)\n\n[A-Z]\w+\n-+\n", inspect.getdoc(cls), re.DOTALL)
    joined = re.sub(r"\\\n\s+", "", section[1])
    parts = re.split(r"^(\w+) : (.*)$", joined, flags=re.MULTILINE)[1:]
    return {
        name: (header, " ".join(text.split()))
        for name, header, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


def peer_of(cls):
    """scikit-learn's class of that name."""
    return getattr(sklearn.tree, cls.__name__, None) or getattr(sklearn.ensemble, cls.__name__)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_signature_is_the_table(cls):
    signature = inspect.signature(cls)
    assert [(p.name, p.default) for p in signature.parameters.values()] == [
        (row.name, row.default) for row in cls._param_table
    ]
    kinds = [p.kind for p in signature.parameters.values()]
    # As many as with scikit-learn's class of that name may be passed by position.
    n_by_position = 1
    if cls in TREES_AND_FORESTS:
        theirs = inspect.signature(peer_of(cls)).parameters.values()
        n_by_position = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in theirs)
    assert set(kinds[:n_by_position]) <= {inspect.Parameter.POSITIONAL_OR_KEYWORD}
    assert set(kinds[n_by_position:]) == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("cls", TREES_AND_FORESTS)
def test_trees_and_forests_have_all_parameters_of_scikit_learn(cls):
    ours = {row.name: row.default for row in cls._param_table}
    theirs = inspect.signature(peer_of(cls)).parameters.values()
    known = {p.name: p.default for p in theirs if p.default != "deprecated"}
    if SKLEARN < (1, 8) and cls.__name__.startswith("Bagging"):
        assert known.pop("max_samples") == 1.0  # None, for all rows, has come later
    assert known.items() <= ours.items()


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_docstring_is_the_table(cls):
    entries = docstring_entries(cls)
    assert list(entries) == [row.name for row in cls._param_table]
    for row in cls._param_table:
        header, text = entries[row.name]
        default = f'"{row.default}"' if isinstance(row.default, str) else repr(row.default)
        assert header.endswith(f"default={default}"), row.name
        assert text.startswith(row.doc), row.name


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_init_stores_every_parameter(cls):
    marks = {row.name: object() for row in cls._param_table}
    assert cls(**marks).get_params(deep=False) == marks


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_defaults_are_allowed(cls):
    assert cls()._check_params() == {row.name: row.default for row in cls._param_table}


@pytest.mark.parametrize("cls", ESTIMATORS)
@pytest.mark.filterwarnings("ignore:.*has no effect")
def test_wrong_values_are_refused(cls):
    check_param_validation(cls.__name__, cls())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0),
        ("learning_rate", np.nan),
        ("learning_rate", np.inf),
        ("n_estimators", 1.5),
        ("max_leaf_nodes", 1),
        ("max_bins", 256),
        ("subsample", 0.0),
        ("max_features", 1),
        ("max_features", "sqrt"),
        ("n_jobs", 0),
        ("grow_policy", "best_first"),
        ("loss", "log_loss"),
        ("min_split_gain", -1e-9),
        ("validation_fraction", 1.0),
    ],
)
def test_error_names_parameter_and_value(name, value):
    with pytest.raises(InvalidParameterError, match=f"{name}.*{re.escape(repr(value))}"):
        estimator_for(REGRESSION, **{name: value}).fit(REGRESSION.X, REGRESSION.y)


@pytest.mark.parametrize(
    ("problem", "params", "named"),
    [
        (REGRESSION, {"quantile": 0.5}, "loss='squared_error'"),
        (REGRESSION, {"tweedie_power": 1.2}, "loss='squared_error'"),
        (REGRESSION, {"loss": "huber", "tweedie_power": 1.2}, "loss='huber'"),
        (BINARY, {"scoring": "roc_auc"}, "early_stopping=False"),
        (BINARY, {"scoring": None}, "early_stopping=False"),
        (BINARY, {"validation_fraction": 0.2}, "early_stopping=False"),
        (BINARY, {"validation_fraction": None}, "early_stopping=False"),
        (BINARY, {"tol": 1e-3}, "early_stopping=False"),
    ],
)
def test_idle_parameter_is_refused(problem, params, named):
    idle = list(params)[-1]
    with pytest.raises(ValueError, match=f"{idle}=.* has no effect with {named}"):
        estimator_for(problem, **params).fit(problem.X, problem.y)


@pytest.mark.parametrize(
    ("cls", "params", "named"),
    [
        (RandomForestRegressor, {"max_samples": 10}, "bootstrap=False"),
        (RandomForestRegressor, {"oob_score": True}, "bootstrap=False"),
        (RandomForestClassifier, {"oob_importances": True}, "bootstrap=False"),
        (DecisionTreeRegressor, {"max_bins": 16, "tree_method": "exact"}, "tree_method='exact'"),
    ],
)
def test_idle_parameter_of_trees_is_refused(cls, params, named):
    idle = next(iter(params))
    model = cls(**params)
    if hasattr(model, "bootstrap"):
        model.bootstrap = False
    with pytest.raises(ValueError, match=f"{idle}=.* has no effect with {named}"):
        model.fit(REGRESSION.X, REGRESSION.y > 0)


def test_max_bins_on_few_rows_are_warned_about():
    with pytest.warns(
        UserWarning, match="max_bins=16 has no effect with tree_method='auto' on 200"
    ):
        DecisionTreeRegressor(max_bins=16).fit(REGRESSION.X, REGRESSION.y)
    DecisionTreeRegressor(max_bins=16, tree_method="hist").fit(REGRESSION.X, REGRESSION.y)


def test_bins_by_method_and_number_of_rows():
    values = {"max_bins": 255}
    assert table_bins(values | {"tree_method": "auto"}, EXACT_MAX_ROWS) == 0
    assert table_bins(values | {"tree_method": "auto"}, EXACT_MAX_ROWS + 1) == 255
    assert table_bins({"max_bins": 16, "tree_method": "auto"}, EXACT_MAX_ROWS + 1) == 16
    assert table_bins({"max_bins": 16, "tree_method": "hist"}, 10) == 16
    assert table_bins(values | {"tree_method": "exact"}, 10**9) == 0


@pytest.mark.parametrize(
    ("cls", "name", "value"),
    [
        (DecisionTreeClassifier, "criterion", "squared_error"),
        (DecisionTreeClassifier, "max_depth", 0),
        (DecisionTreeClassifier, "min_samples_leaf", 1.0),
        (DecisionTreeClassifier, "min_weight_fraction_leaf", 0.6),
        (DecisionTreeRegressor, "max_features", "auto"),
        (DecisionTreeRegressor, "tree_method", "approx"),
        (RandomForestClassifier, "class_weight", "subsample"),
        (RandomForestRegressor, "max_samples", -0.5),
        (RandomForestRegressor, "keep_leaf_samples", 1),
        (RandomForestClassifier, "keep_statistics", None),
    ],
)
def test_error_of_trees_names_parameter_and_value(cls, name, value):
    with pytest.raises(InvalidParameterError, match=f"{name}.*{re.escape(repr(value))}"):
        cls(**{name: value}).fit(REGRESSION.X, REGRESSION.y > 0)


@pytest.mark.parametrize("params", [{"alpha": 0.5}, {"n_iter_no_change": 3}])
def test_idle_parameter_that_check_estimator_sets_is_warned_about(params):
    with pytest.warns(UserWarning, match=f"{next(iter(params))}=.* has no effect"):
        estimator_for(REGRESSION, **params).fit(REGRESSION.X, REGRESSION.y)


def test_idle_with_validation_rows():
    X, y = BINARY.X, BINARY.y
    validation = {"X_val": X, "y_val": y}
    with pytest.raises(
        ValueError, match=r"validation_fraction=0.3 has no effect when fit is given"
    ):
        estimator_for(BINARY, early_stopping=True, validation_fraction=0.3).fit(X, y, **validation)
    with pytest.raises(ValueError, match=r"tol=0.1 has no effect with early_stopping=False"):
        estimator_for(BINARY, tol=0.1).fit(X, y, **validation)
    estimator_for(BINARY, scoring="accuracy", validation_fraction=None).fit(X, y, **validation)


def test_quantile_loss_needs_its_quantile():
    with pytest.raises(ValueError, match="loss='quantile' needs the parameter quantile"):
        estimator_for(REGRESSION, loss="quantile").fit(REGRESSION.X, REGRESSION.y)


def test_every_loss_is_in_the_registry_and_the_other_way_round():
    rows = core.objectives()
    assert {row["name"] for row in rows if row["task"] == "regression"} == set(REGRESSION_LOSSES)
    others = [row["name"] for row in rows if row["task"] != "regression"]
    assert sorted(others) == sorted(
        f"{form}_{loss}" for loss in CLASSIFICATION_LOSSES for form in ("binary", "multiclass")
    )


def test_absurd_limits_are_no_limits():
    params = {"max_leaf_nodes": 10**30, "max_depth": 10**18, "min_samples_leaf": 10**20}
    model = estimator_for(REGRESSION, n_estimators=2, **params).fit(REGRESSION.X, REGRESSION.y)
    assert model.feature_importances("split").sum() == 0  # no leaf can have so many rows
    assert as_limit(None) == 0
    assert as_limit(7) == 7


def test_numpy_scalars_are_numbers():
    plain = {"learning_rate": 0.25, "n_estimators": 5, "max_leaf_nodes": 6, "max_bins": 64}
    types = {"learning_rate": np.float32, "n_estimators": np.int64, "max_leaf_nodes": np.int32}
    scalars = {name: types.get(name, np.uint8)(value) for name, value in plain.items()}
    X, y = REGRESSION.X, REGRESSION.y
    a = estimator_for(REGRESSION, **plain).fit(X, y).predict(X)
    b = estimator_for(REGRESSION, **scalars).fit(X, y).predict(X)
    np.testing.assert_array_equal(a, b)


def test_core_config_has_every_key_the_core_wants():
    config = core_config(GradientBoostingRegressor()._params(), n_classes=0, seed=3)
    trainer_config = {**config, "n_threads": 1}
    core.Trainer(np.ones((4, 1)), np.arange(4.0), None, trainer_config)
    for name in config:
        lacking = {key: value for key, value in trainer_config.items() if key != name}
        with pytest.raises(ValueError, match=name):
            core.Trainer(np.ones((4, 1)), np.arange(4.0), None, lacking)


def test_seed_of_random_state():
    def seed(random_state, **params):
        return draw_seed(GradientBoostingRegressor(random_state=random_state, **params)._params())

    assert seed(7) == seed(np.int64(7)) == 7
    for random in ({"subsample": 0.5}, {"max_features_per_level": 0.5}, {"early_stopping": True}):
        state = np.random.RandomState(1)
        first = seed(state, **random)
        assert first == seed(np.random.RandomState(1), **random)
        assert first != seed(state, **random)
        assert 0 < seed(None, **random) < 2**64


def test_fits_without_randomness_are_equal_and_leave_the_generator_alone():
    state = np.random.RandomState(1)
    models = [
        estimator_for(REGRESSION, random_state=state).fit(REGRESSION.X, REGRESSION.y)
        for _ in range(2)
    ]
    assert models[0]._seed == models[1]._seed == 0
    assert state.randint(2**31) == np.random.RandomState(1).randint(2**31)


def test_thread_count():
    assert thread_count(3) == 3
    assert thread_count(None) == thread_count(-1) == core.usable_threads()
    assert thread_count(-(10**30)) == 1


def test_clone_of_a_fitted_estimator_is_not_fitted():
    model = estimator_for(BINARY).fit(BINARY.X, BINARY.y)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "classes_")


def test_subclass_with_its_own_signature():
    class Stumps(GradientBoostingRegressor):
        def __init__(self, rounds=5):
            super().__init__(n_estimators=rounds, max_leaf_nodes=2)
            self.rounds = rounds

    model = Stumps(rounds=3).fit(REGRESSION.X, REGRESSION.y)
    assert model.n_iter_ == 3
