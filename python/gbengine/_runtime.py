"""Loads the C++ core; every module takes it from here: ``from gbengine._runtime import core``.

The OpenMP runtime reads its environment once, when it is loaded, and by default lets threads that
wait at a barrier spin. Spinning threads keep the cores from whatever else runs beside them: with
two fits at a time the same work was measured to take six times as long. So threads are told to
sleep while they wait, unless the user has decided otherwise; the environment is put back at once,
so that neither child processes nor other libraries see the change.
"""

import os

# NumPy brings a thread pool of its own: load it before the environment is touched.
import numpy as np  # noqa: F401

_WAIT_POLICY = "OMP_WAIT_POLICY"
_is_ours_to_set = _WAIT_POLICY not in os.environ and "GOMP_SPINCOUNT" not in os.environ

if _is_ours_to_set:
    os.environ[_WAIT_POLICY] = "PASSIVE"
try:
    from gbengine import _core as core
finally:
    if _is_ours_to_set:
        del os.environ[_WAIT_POLICY]

__all__ = ["core"]
