"""The library's version, as the installed package states it (pyproject.toml has the number)."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gbengine")
except PackageNotFoundError:  # run from a build folder, not installed
    __version__ = "0+source"
