"""A process for each library: in one they would share an OpenMP runtime, and what it was told."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager


def new_worker() -> Executor:
    """Start a process that works when it is asked, and sleeps while another one does."""
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def workers_of(libraries: Sequence[str]) -> Iterator[dict[str, Executor]]:
    """Give the processes by library; one that has died may be replaced by a new one."""
    workers = {name: new_worker() for name in libraries}
    try:
        yield workers
    finally:
        for worker in workers.values():
            worker.shutdown()
