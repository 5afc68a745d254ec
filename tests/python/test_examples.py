"""The examples run, and show what they promise."""

import subprocess
import sys

import pytest
from conftest import REPO


@pytest.mark.slow
def test_stacking():
    pytest.importorskip("pyarrow")
    done = subprocess.run(
        [sys.executable, REPO / "examples" / "stacking.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    title, *lines = done.stdout.splitlines()
    assert title.split() == ["AUC", "log", "loss", "fit,", "s"]
    losses = {line[:14].strip(): float(line.split()[-2]) for line in lines}
    assert list(losses)[-2:] == ["vote of all", "stack of all"]
    assert len(losses) == 6
    assert losses["stack of all"] < min(list(losses.values())[:-1]) + 0.001
