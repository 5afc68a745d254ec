"""Loads the C++ core; every module takes it from here: ``from gbengine._runtime import core``.

The OpenMP runtime reads its environment once, when it is loaded, and by default lets threads that
wait at a barrier spin for milliseconds. Spinning threads keep the cores from whatever else runs
beside them: with two fits at a time the same work was measured to take six times as long. Threads
that sleep at once must be woken for every loop, which made fits on few columns an eighth slower. So
threads are told to spin for some microseconds, and then to sleep, unless the user has
decided otherwise. The environment is put back at once, so that child processes do not see the
change; libraries that share the runtime, as LightGBM does on Linux, do.
"""

import os

# NumPy brings a thread pool of its own: load it before the environment is touched.
import numpy as np  # noqa: F401

# GNU's runtime counts turns of a loop, others know the policy alone.
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}
_is_ours_to_set = not any(name in os.environ for name in _WAITING)

if _is_ours_to_set:
    os.environ.update(_WAITING)
try:
    from gbengine import _core as core
finally:
    if _is_ours_to_set:
        for name in _WAITING:
            del os.environ[name]

__all__ = ["core"]
