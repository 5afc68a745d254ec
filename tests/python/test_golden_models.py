"""Model files of every released version are read, and predict the same bits, for ever."""

from pathlib import Path

import numpy as np
import pytest

import gbengine

MODELS = Path(__file__).parents[1] / "models"
FOLDERS = sorted(folder for folder in MODELS.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden_models_predict_the_same_bits(folder: Path) -> None:
    expected = np.load(folder / "expected.npz")
    names = [name for name in expected.files if name != "X"]
    assert sorted(names) == sorted(path.stem for path in folder.glob("*.safetensors"))
    for name in names:
        model = gbengine.load_model(folder / f"{name}.safetensors")
        is_classifier = hasattr(model, "classes_")
        predict = model.decision_function if is_classifier else model.predict
        np.testing.assert_array_equal(predict(expected["X"]), expected[name])


def test_saving_a_golden_model_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = MODELS / gbengine.__version__  # each version has its own: its number is in the file
    model = gbengine.load_model(folder / "identity.safetensors")
    model.save_model(tmp_path / "again.safetensors")
    again = (tmp_path / "again.safetensors").read_bytes()
    assert again == (folder / "identity.safetensors").read_bytes()
