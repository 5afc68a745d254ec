"""Checks a built wheel: what must be in it, what must not, and its size.

Usage: ``python tools/check_wheel.py dist/gbengine-0.2.0-*.whl``
"""

import sys
import zipfile
from pathlib import Path

MAX_MEGABYTES = 5.0
NEEDED = ("gbengine/__init__.py", "gbengine/_core.pyi", "gbengine/py.typed")


def problems_of(wheel: Path) -> list[str]:
    """One sentence for each thing wrong with the wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    megabytes = wheel.stat().st_size / 1e6
    problems = [f"{name} is missing" for name in NEEDED if name not in names]
    if not any(name.startswith("gbengine/_core.") and name.endswith(".so") for name in names):
        problems.append("the compiled module gbengine/_core.*.so is missing")
    problems += [
        f"{name} does not belong in a wheel"
        for name in names
        if not name.startswith(("gbengine/", "gbengine-"))
    ]
    if megabytes > MAX_MEGABYTES:
        problems.append(f"it has {megabytes:.1f} MB, at most {MAX_MEGABYTES} are allowed")
    return problems


def main(args: list[str]) -> int:
    """Exit status for the wheels named on the command line."""
    status = 0
    for wheel in map(Path, args):
        for problem in problems_of(wheel):
            print(f"{wheel.name}: {problem}")
            status = 1
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
