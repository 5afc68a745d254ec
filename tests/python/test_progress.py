"""Progress: bars where they can be seen, lines elsewhere, nothing unless asked."""

import io
import re
import sys
import types
from contextlib import nullcontext

import pytest

from gbengine import _progress
from gbengine._progress import Progress


def run(verbose, steps, n_rounds, scores="loss 0.5"):
    with Progress(verbose, n_rounds, 0) as progress:
        for done in steps:
            progress.show(done, scores)


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self):
        return True


def at_a_terminal(monkeypatch):
    """Called in the test itself: pytest has a standard error of its own for what goes before."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    return screen


def test_a_pipe_gets_about_twenty_lines(capsys):
    run(1, range(1, 101), 100)
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert len(lines) == 20
    assert re.fullmatch(r"round 100/100, loss 0\.5, \d+\.\d s", lines[-1])
    run(2, range(1, 101), 100)
    assert capsys.readouterr().out.count("\n") == 100
    run(0, range(1, 101), 100)
    assert capsys.readouterr() == ("", "")


def test_steps_of_several_are_not_missed(capsys):
    run(1, range(7, 1001, 7), 1000, "")  # trees are reported some at a time
    assert 18 <= capsys.readouterr().out.count("\n") <= 21
    run(2, [4, 8, 9], 9)
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.parametrize("library", ["tqdm", "rich"])
@pytest.mark.parametrize("fails", [False, True])
def test_a_terminal_gets_a_bar(library, fails, monkeypatch, capsys):
    terminal = at_a_terminal(monkeypatch)
    pytest.importorskip(library)
    if library == "rich":
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    outcome = pytest.raises(ZeroDivisionError) if fails else nullcontext()
    with outcome, Progress(1, 10, 4) as progress:
        progress.show(5, "loss 0.5")
        progress.show(10, "loss 0.25")
        assert progress._bar is not None
        _ = 1 / (0 if fails else 1)
    assert "gbengine" in terminal.getvalue()
    assert "loss 0.25" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_lines_if_nothing_draws_a_bar(monkeypatch, capsys):
    terminal = at_a_terminal(monkeypatch)
    for name in ("tqdm.auto", "rich.console", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)
    run(1, [1, 2], 2)
    assert capsys.readouterr().out.count("\n") == 2
    assert terminal.getvalue() == ""


def test_no_standard_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    run(1, [1], 1)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(("config", "is_one"), [({"IPKernelApp": {}}, True), ({}, False)])
def test_notebook(config, is_one, monkeypatch):
    shell = types.SimpleNamespace(config=config)
    known = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", known)
    assert _progress._is_notebook() == is_one
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))
    assert not _progress._is_notebook()
