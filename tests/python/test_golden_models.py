"""Model files of every released version are read, and predict the same bits, for ever."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import gbengine
from gbengine._container import FORMAT_VERSION, pack, unpack

Change = Callable[[NDArray[np.int32]], NDArray[Any]]

MODELS = Path(__file__).parents[1] / "models"
FOLDERS = sorted(folder for folder in MODELS.iterdir() if folder.is_dir())


def predict(model: Any, X: NDArray[np.float64]) -> Any:
    """Predict as tools/make_golden_models.py does: what is closest to the raw scores."""
    if getattr(model, "keep_leaf_samples", False):
        return model.predict(X, quantiles=[0.25, 0.75])
    for name in ("decision_function", "predict_proba"):
        if hasattr(model, name):
            return getattr(model, name)(X)
    return model.predict(X)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden_models_predict_the_same_bits(folder: Path) -> None:
    expected = np.load(folder / "expected.npz")
    names = [name for name in expected.files if name != "X"]
    assert sorted(names) == sorted(path.stem for path in folder.glob("*.safetensors"))
    for name in names:
        model = gbengine.load_model(folder / f"{name}.safetensors")
        # An isolation forest's scores come from NumPy's exp2, which is not everywhere the same.
        tolerance = 1e-15 if isinstance(model, gbengine.IsolationForest) else 0
        found = predict(model, expected["X"])
        np.testing.assert_allclose(
            found, expected[name], rtol=0, atol=tolerance, err_msg=name, strict=True
        )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden_models_are_saved_again_in_todays_form(folder: Path, tmp_path: Path) -> None:
    for path in folder.glob("*.safetensors"):
        gbengine.load_model(path).save_model(tmp_path / "again")
        gbengine.load_model(tmp_path / "again").save_model(tmp_path / "and_again")
        again = (tmp_path / "again").read_bytes()
        assert (tmp_path / "and_again").read_bytes() == again
        old, _ = unpack(path.read_bytes(), "the old file")
        new, content = unpack(again, "the new file")
        assert content["format_version"] == FORMAT_VERSION
        right_child = old.pop("right_child", None)
        if right_child is not None:  # format 1
            old["leaf_width"] = np.array([1])
            left_child = new["left_child"]
            np.testing.assert_array_equal(right_child, left_child + (left_child >= 0))
        assert old.keys() == new.keys()
        for name, values in old.items():
            np.testing.assert_array_equal(new[name], values, err_msg=name, strict=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda right_child: right_child + 1,
        lambda right_child: right_child[:-1],
        lambda right_child: np.where(right_child < 0, 0, right_child).astype(np.int32),
        lambda right_child: right_child.astype(np.int64),
    ],
)
def test_a_right_child_elsewhere_is_refused(change: Change, tmp_path: Path) -> None:
    path = MODELS / "0.1.0" / "identity.safetensors"
    arrays, content = unpack(path.read_bytes(), "the file")
    altered = pack(arrays | {"right_child": change(arrays["right_child"])}, content)
    (tmp_path / "altered").write_bytes(altered)
    with pytest.raises(ValueError, match="right_child"):
        gbengine.load_model(tmp_path / "altered")
