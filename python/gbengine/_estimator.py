"""What all estimators share: parameters, tables to predict on, persistence, pickling.

A family of estimators (boosting, trees, forests) is a subclass that says which attributes its fit
sets (``_fitted_names``), what of them a model file holds besides parameters and trees
(``_file_extras``), and how it reads that back (``_from_file``).
"""

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import validate_parameter_constraints
from sklearn.utils.validation import check_is_fitted

from gbengine._config import thread_count
from gbengine._container import write_atomically
from gbengine._encoder import Encoder, encoder_of
from gbengine._input import is_ready
from gbengine._names import check_names, check_width
from gbengine._param_table import Param
from gbengine._state import from_bytes, to_bytes
from gbengine._target_encoding import TargetEncoding
from gbengine._user_table import open_table

if TYPE_CHECKING:
    from gbengine._core import Matrix, Model

# Below this many rows threads would cost more than they bring, and so would counting them.
_ONE_THREAD_ROWS = 128


class BaseTreeEnsemble(BaseEstimator):
    """Base of all estimators; not to be used by itself."""

    _param_table: ClassVar[tuple[Param, ...]]
    _parameter_constraints: ClassVar[dict[str, list[Any]]]
    # All that fit sets. Another fit replaces it as a whole; a clone has none of it.
    _fitted_names: ClassVar[tuple[str, ...]] = (
        "_encoder",  # only there if some column is categorical
        "_model",
        "_seed",
        "_target_encoding",  # only there if some column is known by statistics of y
        "_trained_with",
        "feature_names_in_",
        "n_features_in_",
    )
    # Arrays of a model file that are not the core's.
    _file_arrays: ClassVar[tuple[str, ...]] = ()
    # What a pickle carries only inside the bytes of a model file, through its checks.
    _pickled_as_file: ClassVar[tuple[str, ...]] = ("_model", "_encoder", "_target_encoding")

    categorical_features: Any
    handle_unknown: str
    n_jobs: int | None
    n_features_in_: int
    _model: "Model"
    _seed: int
    _trained_with: dict[str, Any]

    def save_model(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to a file, which ``gbengine.load_model`` reads.

        The file is a safetensors container. Equal models give equal files: ``n_jobs``,
        ``verbose`` and the time are not in it. An existing file is replaced in one step.

        Parameters
        ----------
        path : str or path-like
            The file; ".safetensors" is the usual ending.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left behind.
        ValueError
            If the model needs what a file cannot hold (boosting: an estimator as ``init``).

        Warns
        -----
        UserWarning
            If a parameter is an object that a file cannot hold (a generator as ``random_state``, a
            function as ``scoring``): load_model gives its default.
        """
        check_is_fitted(self)
        self._check_savable()
        data, left_out = to_bytes(self)
        write_atomically(path, data)
        for name in left_out:
            warnings.warn(
                f"{name}={getattr(self, name)!r} cannot be saved in a model file: load_model will "
                "give its default",
                stacklevel=2,
            )

    def _check_savable(self) -> None:
        """Refuse to write a file that could not predict what the estimator does; ValueError."""

    def _check_params(self) -> dict[str, Any]:
        """Give the parameters by name; InvalidParameterError (a ValueError) if one is wrong."""
        params = self._params()
        validate_parameter_constraints(
            self._parameter_constraints, params, caller_name=type(self).__name__
        )
        return params

    def _params(self) -> dict[str, Any]:
        # Not get_params: a subclass may have another signature.
        return {row.name: getattr(self, row.name) for row in self._param_table}

    def _fitted_attributes(self) -> dict[str, Any] | None:
        if "_model" not in self.__dict__:
            return None
        names = self._fitted_names
        return {name: self.__dict__[name] for name in names if name in self.__dict__}

    def _blank(self) -> Self:
        """Give an estimator of the same class with the same parameters, not fitted."""
        blank = object.__new__(type(self))
        names = self._fitted_names
        blank.__dict__ = {name: x for name, x in self.__dict__.items() if name not in names}
        return blank

    def _adopt(self, fitted: dict[str, Any]) -> None:
        """Take fitted attributes in place of those there are, in one step."""
        self.__dict__ = self._blank().__dict__ | fitted

    # What scikit-learn's callbacks are given is a copy on which this is set (FitCallbacks).
    _fitted_state = property(fset=_adopt)

    def _table(self, X: Any) -> "Matrix":
        """Check a table that is to be predicted on; one that is ready passes straight through."""
        state = self.__dict__
        if (
            is_ready(X)
            and X.shape[0] > 0
            and X.shape[1] == state.get("n_features_in_")
            and "feature_names_in_" not in state
            and "_encoder" not in state
        ):
            return X  # type: ignore[no-any-return]
        check_is_fitted(self)
        return self._encoded(X)

    def _encoded(self, X: Any, name: str = "X") -> "Matrix":
        """Check a table against what fit has learnt of the columns, and give it in codes."""
        table = open_table(X, type(self).__name__, name)
        check_names(self, table.names)
        check_width(self, table.shape[1], name)
        encoder = encoder_of(self.__dict__, table.shape[1])
        codes = encoder.encode(table, self.handle_unknown)
        return codes if self._encoding is None else self._encoding.transform(codes)

    @property
    def _encoding(self) -> TargetEncoding | None:
        """What stands between X and the core's columns; None if these are the same."""
        return self.__dict__.get("_target_encoding")

    @property
    def is_categorical_(self) -> NDArray[np.bool_] | None:
        """Which columns hold categories, (n_features,); None if none does."""
        check_is_fitted(self)
        encoder: Encoder | None = self.__dict__.get("_encoder")
        return None if encoder is None else encoder.is_categorical

    def _n_threads(self, table: "Matrix") -> int:
        return 1 if table.shape[0] <= _ONE_THREAD_ROWS else thread_count(self.n_jobs)

    def _raw_scores(self, X: Any) -> NDArray[np.float64]:
        table = self._table(X)
        return self._model.raw_scores(table, self._n_threads(table))

    def _leaves(self, X: Any) -> NDArray[np.int32]:
        """Give the leaf that each row reaches in each tree, by the core's node numbers."""
        table = self._table(X)
        return self._model.apply(table, self._n_threads(table))

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        """Give what a model file holds of this family: arrays, and what JSON can hold."""
        raise NotImplementedError

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Check what ``_file_extras`` gave and turn it into fitted attributes.

        ``arrays`` are all that the file has, read-only; the core has checked its own. Any exception
        means that the file is no model.
        """
        raise NotImplementedError

    @classmethod
    def _public_class_name(cls) -> str:
        """Name the class that a file is read back as: of a user's subclass, ours."""
        return next(
            base.__name__ for base in cls.__mro__ if base.__module__.startswith("gbengine.")
        )

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in self.__dict__

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Give what pickle and copy carry: the model as a model file's bytes."""
        state = dict(super().__getstate__())
        if "_model" in state:
            for name in self._pickled_as_file:
                state.pop(name, None)
            state["_model"] = to_bytes(self)[0]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take such a state; the model's bytes go through all checks of a model file."""
        if "_model" in state:
            saved = from_bytes(state["_model"], "the pickled estimator", lambda _: type(self))
            names = self._pickled_as_file
            state = state | {name: saved.fitted[name] for name in names if name in saved.fitted}
        self.__dict__.update(state)
