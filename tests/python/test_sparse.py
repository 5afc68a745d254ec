"""Sparse tables: fit and predict give the bits of the same table with all its cells."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression, LogisticRegression

import gbengine
from gbengine import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    BinnedDataset,
    DecisionTreeRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomTreesEmbedding,
)
from gbengine._sparse import as_csr

ESTIMATORS = [
    cls
    for name in gbengine.__all__
    if isinstance(cls := getattr(gbengine, name), type) and hasattr(cls, "fit")
]
FORMATS = ["csr", "csc", "coo", "bsr", "lil", "dok", "dia"]


def random_table(seed, n=200, p=40, density=0.06, dtype=np.float64):
    """Values of few and of many kinds, NaN, stored zeros, columns without any stored cell."""
    random = np.random.default_rng(seed)
    X = sparse.random(n, p, density, format="csr", random_state=random, dtype=np.float64)
    X.data = np.where(X.data < 0.5, random.integers(-2, 3, X.nnz), random.standard_normal(X.nnz))
    X.data[random.random(X.nnz) < 0.05] = np.nan
    X.data[random.random(X.nnz) < 0.05] = 0.0
    X.data[random.random(X.nnz) < 0.02] = -0.0
    return X.astype(dtype)


def target(X, seed, is_classes):
    dense = np.nan_to_num(X.toarray())
    noise = np.random.default_rng(seed).standard_normal(X.shape[0]) / 4
    y = dense[:, :8] @ np.arange(1, 9) + noise
    return np.digitize(y, [-0.3, 0.3]) if is_classes else y


def all_answers(model, X):
    """Everything that the fitted model says about rows."""
    names = ("predict", "predict_proba", "decision_function", "apply", "transform", "score_samples")
    answers = {name: getattr(model, name)(X) for name in names if hasattr(model, name)}
    for name in ("staged_predict", "staged_predict_proba"):
        if hasattr(model, name):
            answers[name] = np.array(list(getattr(model, name)(X)))
    return {k: v.toarray() if sparse.issparse(v) else v for k, v in answers.items()}


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def assert_same_model(one, other):
    for name, values in one._model.to_arrays().items():
        np.testing.assert_array_equal(values, other._model.to_arrays()[name], err_msg=name)


def check_twin(make, X, y, **fit_params):
    """Fit on all cells and on the stored ones, and compare models and answers."""
    dense = make().fit(X.toarray(), y, **fit_params)
    thin = make().fit(X, y, **fit_params)
    assert_same_model(dense, thin)
    assert_same(all_answers(dense, X.toarray()), all_answers(dense, X))


@pytest.mark.parametrize(("cls", "dtype"), list(product(ESTIMATORS, (np.float32, np.float64))))
def test_every_estimator_equals_its_dense_twin(cls, dtype):
    X = random_table(1, dtype=dtype)
    y = target(X, 2, "Classifier" in cls.__name__)
    size = {"n_estimators": 6} if "n_estimators" in cls().get_params() else {}
    random = np.random.default_rng(3)
    for weight in (None, random.integers(0, 4, len(y)), random.random(len(y)) + 0.1):
        check_twin(lambda: cls(random_state=0, **size), X, y, sample_weight=weight)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("density", [0.01, 0.05, 0.1, 0.5])
def test_boosting_equals_its_dense_twin(seed, density):
    random = np.random.default_rng(seed)
    X = random_table(seed, n=int(random.integers(2, 700)), p=60, density=density)
    y = target(X, seed, is_classes=False)
    params = {
        "n_estimators": 8,
        "max_bins": int(random.choice([2, 3, 16, 255])),
        "min_samples_leaf": int(random.choice([1, 5, 40])),
        "subsample": float(random.choice([0.5, 1.0])),
        "max_features": float(random.choice([0.3, 1.0])),
        "n_jobs": int(random.integers(1, 4)),
        "max_leaf_nodes": int(random.choice([3, 31])),
        "loss": str(random.choice(["squared_error", "absolute_error", "huber"])),
        "random_state": 0,
    }
    weight = [None, random.integers(0, 4, len(y)) + (np.arange(len(y)) < 2), random.random(len(y))]
    check_twin(lambda: GradientBoostingRegressor(**params), X, y, sample_weight=weight[seed % 3])


@pytest.mark.parametrize("seed", range(4))
def test_boosted_classes_equal_their_dense_twin(seed):
    X = random_table(seed, n=600, p=80, density=0.04)
    y = target(X, seed, is_classes=True)
    kind = {"n_estimators": 6, "min_samples_leaf": [1, 8, 20, 60][seed], "random_state": 0}
    check_twin(lambda: GradientBoostingClassifier(**kind), X, y)
    check_twin(lambda: GradientBoostingClassifier(**kind, grow_policy="depth_wise"), X, y > 0)


def test_many_histograms_are_built_again():
    """More cells than the pool keeps: nodes lose their histograms and get the same ones again."""
    random = np.random.default_rng(0)
    X = sparse.random(3000, 6000, 0.02, format="csr", random_state=random)
    X.data = random.standard_normal(X.nnz)
    y = X[:, :40].toarray() @ random.standard_normal(40) + X[:, 50:90].toarray().sum(axis=1)
    for loss in ("squared_error", "poisson"):
        labels = y if loss == "squared_error" else np.floor(np.exp(np.clip(y, -2, 2)))
        check_twin(
            lambda loss=loss: GradientBoostingRegressor(loss=loss, n_estimators=3), X, labels
        )


@pytest.mark.filterwarnings("ignore:Constructing a DIA matrix")
@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format(form, kind):
    X = random_table(4)
    y = target(X, 4, is_classes=False)
    model = GradientBoostingRegressor(n_estimators=5).fit(X.toarray(), y)
    table = kind(X).asformat(form)
    again = GradientBoostingRegressor(n_estimators=5).fit(table, y)
    assert_same_model(model, again)
    np.testing.assert_array_equal(model.predict(X.toarray()), again.predict(table))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64, np.float32, np.longdouble])
def test_every_type(dtype):
    random = np.random.default_rng(5)
    X = sparse.random(100, 20, 0.1, format="csr", random_state=random)
    X.data = random.integers(0, 3, X.nnz).astype(float)
    X = X.astype(dtype)
    y = random.standard_normal(100)
    check_twin(lambda: GradientBoostingRegressor(n_estimators=3, min_samples_leaf=3), X, y)
    check_twin(DecisionTreeRegressor, X, y)


def test_repeated_cells_are_summed_and_the_users_table_stays_as_it_is():
    data, indices = np.array([1.0, 2.0, 4.0, -4.0]), np.array([2, 0, 2, 0])
    X = sparse.csr_array((data, indices, np.array([0, 3, 4])), shape=(2, 3))
    table = as_csr(X, "X")
    np.testing.assert_array_equal(table.toarray(), [[2.0, 0.0, 5.0], [-4.0, 0.0, 0.0]])
    np.testing.assert_array_equal(X.data, [1.0, 2.0, 4.0, -4.0])
    np.testing.assert_array_equal(X.indices, [2, 0, 2, 0])
    coo = sparse.coo_matrix(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 3))
    np.testing.assert_array_equal(as_csr(coo, "X").toarray()[0], [0.0, 3.0, 0.0])


def test_a_flag_that_lies_is_not_believed():
    X = sparse.csr_matrix((np.array([1.0, 2.0]), np.array([2, 0]), np.array([0, 2])), shape=(1, 3))
    X.has_canonical_format = True
    np.testing.assert_array_equal(as_csr(X, "X").toarray(), [[2.0, 0.0, 1.0]])


def test_a_ready_table_is_read_in_place_with_indices_of_either_width():
    X = random_table(6)
    assert as_csr(X, "X") is X
    long = X.copy()
    long.indices, long.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    assert as_csr(long, "X") is long
    y = target(X, 6, is_classes=False)
    one = GradientBoostingRegressor(n_estimators=4).fit(X, y)
    np.testing.assert_array_equal(one.predict(X), one.predict(long))
    np.testing.assert_array_equal(one.predict(X[3:9]), one.predict(X)[3:9])
    np.testing.assert_array_equal(one.predict(X[:1]), one.predict(X)[:1])


def test_validation_early_stopping_scorers_and_warm_start():
    X, X_val = random_table(7, n=500), random_table(8, n=300)
    for is_classes, cls in ((False, GradientBoostingRegressor), (True, GradientBoostingClassifier)):
        y, y_val = (target(t, 9, is_classes=is_classes) for t in (X, X_val))
        for params in (
            {"scoring": "loss"},
            {"scoring": None},
            {"scoring": "loss", "subsample": 0.7},
        ):
            make = lambda cls=cls, params=params: cls(  # noqa: E731
                n_estimators=12, early_stopping=True, random_state=0, **params
            )
            own = [make().fit(t, y) for t in (X.toarray(), X)]
            given = [
                make().fit(t, y, X_val=v, y_val=y_val)
                for t, v in ((X.toarray(), X_val.toarray()), (X, X_val))
            ]
            for dense, thin in (own, given):
                assert_same_model(dense, thin)
                np.testing.assert_array_equal(dense.validation_score_, thin.validation_score_)
        pair = [cls(n_estimators=4, warm_start=True).fit(t, y) for t in (X.toarray(), X)]
        for model, tables in zip(pair, ((X.toarray(), X_val.toarray()), (X, X_val)), strict=True):
            model.set_params(n_estimators=7).fit(tables[0], y)
            if not is_classes or set(y_val) == set(y):
                model.set_params(n_estimators=9).fit(tables[1], y_val)
        assert_same_model(*pair)


def test_binned_dataset_of_a_sparse_table():
    X = random_table(10)
    y = target(X, 10, is_classes=True)
    for cls in (RandomForestClassifier, GradientBoostingClassifier):
        make = lambda cls=cls: cls(n_estimators=4, random_state=0)  # noqa: E731
        assert_same_model(
            make().fit(BinnedDataset(X), y), make().fit(BinnedDataset(X.toarray()), y)
        )


def test_ensembles_of_other_estimators_take_what_these_take():
    X = abs(random_table(11))
    X.data[~np.isfinite(X.data)] = 1.0
    y = target(X, 11, is_classes=True) > 0
    for model in (
        BaggingRegressor(LinearRegression(), n_estimators=3),
        BaggingClassifier(LogisticRegression(), n_estimators=3),
        AdaBoostClassifier(LogisticRegression(), n_estimators=3),
        AdaBoostRegressor(LinearRegression(), n_estimators=3),
        AdaBoostClassifier(n_estimators=3),
    ):
        assert model.fit(X, y).predict(X).shape == y.shape


def test_trees_without_a_target_hash_the_same_rows():
    X = random_table(12)
    for cls in (IsolationForest, RandomTreesEmbedding):
        check_twin(lambda cls=cls: cls(n_estimators=5, random_state=0), X, None)


def test_no_names_are_learnt():
    X = random_table(13)
    model = DecisionTreeRegressor().fit(X, np.arange(X.shape[0]))
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == X.shape[1]


def csr_of(data, indices, indptr, shape=(2, 3)):
    X = sparse.csr_array(shape)
    X.data, X.indices, X.indptr = np.array(data, float), np.array(indices), np.array(indptr)
    return X


def coo_of(row, col):
    X = sparse.coo_array((np.ones(1), ([0], [0])), shape=(2, 3))
    X.coords = (np.array([row]), np.array([col]))
    return X


def csc_of(indices):
    X = sparse.csc_array((2, 3))
    X.data, X.indices, X.indptr = np.ones(1), np.array(indices), np.array([0, 1, 1, 1])
    return X


BROKEN = {
    "an index too large": csr_of([1.0], [3], [0, 1, 1]),
    "an index below 0": csr_of([1.0], [-1], [0, 1, 1]),
    "an index that wraps": csr_of([1.0], [2**32], [0, 1, 1]),
    "indptr that falls": csr_of([1.0, 2.0], [0, 1], [0, 3, 2]),
    "indptr that begins late": csr_of([1.0], [0], [1, 1, 1]),
    "indptr that ends early": csr_of([1.0, 2.0], [0, 1], [0, 1, 1]),
    "indptr that is short": csr_of([1.0], [0], [0, 1]),
    "indptr that is empty": csr_of([1.0], [0], []),
    "more indices than values": csr_of([1.0], [0, 1], [0, 1, 2]),
    "a row of a coo table": coo_of(2, 0),
    "a column of a coo table": coo_of(0, -1),
    "a row of a csc table": csc_of([7]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tables_are_refused(name):
    with pytest.raises(ValueError, match="broken sparse table"):
        GradientBoostingRegressor().fit(BROKEN[name], [0.0, 1.0])
    model = DecisionTreeRegressor().fit(np.eye(3)[:2], [0.0, 1.0])
    with pytest.raises(ValueError, match="broken sparse table"):
        model.predict(BROKEN[name])


def test_the_core_checks_by_itself():
    model = DecisionTreeRegressor().fit(np.eye(3)[:2], [0.0, 1.0])
    for X in (csr_of([1.0], [3], [0, 1, 1]), csr_of([1.0, 1.0], [1, 1], [0, 2, 2])):
        with pytest.raises(ValueError, match=r"broken|ascend"):
            model._model.raw_scores(X, 1)
    with pytest.raises(TypeError, match="CSR"):
        model._model.raw_scores(sparse.csc_array(np.eye(3)), 1)
    with pytest.raises(ValueError, match="features"):
        model._model.raw_scores(sparse.csr_array(np.eye(4)), 1)


def test_other_tables_that_are_refused():
    y = np.arange(4.0)
    thin = sparse.csr_array(np.eye(4))
    with pytest.raises(ValueError, match="Complex data not supported"):
        GradientBoostingRegressor().fit(thin.astype(complex), y)
    with pytest.raises(ValueError, match="categorical columns of a sparse table"):
        GradientBoostingRegressor(categorical_features=[0]).fit(thin, y)
    with pytest.raises(ValueError, match="categorical columns of a sparse table"):
        BinnedDataset(thin, categorical_features=[True, False, False, False])
    with pytest.raises(ValueError, match="0 sample"):
        GradientBoostingRegressor().fit(thin[:0], [])
    with pytest.raises(ValueError, match="0 feature"):
        GradientBoostingRegressor().fit(thin[:, :0], y)
    with pytest.raises(ValueError, match="Expected 2D array"):
        GradientBoostingRegressor().fit(sparse.coo_array(np.ones(4)), y)
    with pytest.raises(ValueError, match="X has 3 features"):
        GradientBoostingRegressor().fit(thin, y).predict(thin[:, :3])
    categorical = DecisionTreeRegressor().fit([["a"], ["b"], ["a"], ["b"]], y)
    with pytest.raises(ValueError, match="categorical columns of a sparse table"):
        categorical.predict(thin[:, :1])


def test_infinite_values_are_numbers():
    X = random_table(14)
    X.data[::7], X.data[3::7] = np.inf, -np.inf
    y = target(random_table(14), 14, is_classes=False)
    check_twin(lambda: GradientBoostingRegressor(n_estimators=4, min_samples_leaf=2), X, y)
    check_twin(DecisionTreeRegressor, X, y)


def test_a_frame_of_sparse_columns_is_read_as_any_other():
    pd = pytest.importorskip("pandas")
    X = random_table(15, density=0.1)
    frame = pd.DataFrame.sparse.from_spmatrix(X)
    frame.columns = [f"c{i}" for i in range(X.shape[1])]
    y = target(X, 15, is_classes=False)
    one = DecisionTreeRegressor().fit(frame, y)
    assert_same_model(one, DecisionTreeRegressor().fit(X, y))


def test_a_table_of_zeros_alone():
    y = np.arange(30.0)
    model = gbengine.GradientBoostingRegressor(n_estimators=2).fit(sparse.csr_array((30, 2)), y)
    dense = gbengine.GradientBoostingRegressor(n_estimators=2).fit(np.zeros((30, 2)), y)
    np.testing.assert_array_equal(
        model.predict(sparse.csr_array((3, 2))), dense.predict(np.zeros((3, 2)))
    )
