"""The arrays of a forest in a model file that are not the core's, and their checks.

Left out: which rows were drawn, and predictions of training rows. They say how the forest was
grown, not what it is.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._quantiles import LeafSamples
from gbengine._target_encoding_state import n_columns_of_file
from gbengine._trees_state import array_from_file

if TYPE_CHECKING:
    from gbengine._core import Model

Array = np.ndarray[Any, Any]

_SAMPLES = ("leaf_sample_offset", "leaf_sample_row", "leaf_sample_mass", "leaf_sample_y")
FILE_ARRAYS = ("importances", "oob_importances", "oob_score", *_SAMPLES)


def file_arrays(forest: Any) -> dict[str, Array]:
    """Give the importances, summed over the trees, and what else of these the forest has."""
    state = forest.__dict__
    arrays = {"importances": forest._importances}
    if "oob_importances_" in state:
        arrays["oob_importances"] = state["oob_importances_"]
    if "oob_score_" in state:
        arrays["oob_score"] = np.array([state["oob_score_"]])
    if "_leaf_samples" in state:
        samples: LeafSamples = state["_leaf_samples"]
        parts = (samples.offset, samples.row, samples.mass, samples.y.ravel())
        arrays |= dict(zip(_SAMPLES, parts, strict=True))
    return arrays


def fitted_from_arrays(
    model: "Model", arrays: Mapping[str, Array], n_outputs: int
) -> dict[str, Any]:
    """Give these as fitted attributes; an error if they do not go with the trees."""
    n_features = model.n_features
    fitted: dict[str, Any] = {
        "_importances": array_from_file(arrays, "importances", np.float64, n_features)
    }
    if "oob_importances" in arrays:
        n_columns = n_columns_of_file(arrays, model)
        importances = array_from_file(arrays, "oob_importances", np.float64, n_columns)
        fitted["oob_importances_"] = importances
    if "oob_score" in arrays:
        fitted["oob_score_"] = float(array_from_file(arrays, "oob_score", np.float64, 1)[0])
    if _SAMPLES[0] in arrays:
        fitted["_leaf_samples"] = _leaf_samples(arrays, n_outputs)
    return fitted


def _leaf_samples(arrays: Mapping[str, Array], n_outputs: int) -> LeafSamples:
    is_leaf = arrays["left_child"] < 0
    offset = array_from_file(arrays, _SAMPLES[0], np.int64, len(is_leaf) + 1)
    row = array_from_file(arrays, _SAMPLES[1], np.uint32)
    mass = array_from_file(arrays, _SAMPLES[2], np.float64, len(row))
    y = array_from_file(arrays, _SAMPLES[3], np.float64)
    lengths = np.diff(offset)
    if offset[0] != 0 or offset[-1] != len(row) or lengths.min() < 0:
        raise ValueError("leaf_sample_offset does not cut leaf_sample_row into runs")
    if not lengths[is_leaf].all():
        raise ValueError("a leaf has no training rows")
    if len(y) % n_outputs or row.max() >= len(y) // n_outputs:
        raise ValueError(f"leaf_sample_row names rows that leaf_sample_y ({len(y)}) does not have")
    if not (np.isfinite(mass).all() and mass.min() > 0 and np.isfinite(y).all()):
        raise ValueError("leaf_sample_mass must be above 0, leaf_sample_y finite")
    return LeafSamples(offset, row, mass, y.reshape(-1, n_outputs))
