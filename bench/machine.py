"""What machine this is, and how busy others keep it. Used by compare.py, measure.py, quality.py.

Example: `print(describe())`; `before = busy_seconds(); work(); busy_seconds() - before` minus the
own CPU seconds is what other processes used meanwhile.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any

_FLAGS = ("avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vbmi2", "asimd", "sve")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe() -> dict[str, Any]:
    facts: dict[str, str] = {}
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    flags = set(facts.get("flags", facts.get("Features", "")).split())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": facts.get("model name", platform.processor() or platform.machine()),
        "family_model_stepping": "/".join(
            facts.get(key, "?") for key in ("cpu family", "model", "stepping")
        ),
        "cache": facts.get("cache size", "?"),
        "cores": usable_cores(),
        "flags": [flag for flag in _FLAGS if flag in flags],
        "memory_gb": round(pages / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def busy_seconds() -> float | None:
    """CPU seconds all processes of the machine have used, stolen time included."""
    try:
        fields = [int(v) for v in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    except (OSError, ValueError, IndexError):
        return None
    user, nice, system, _idle, _iowait, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq + steal) / _TICKS


def others_now(seconds: float = 1.0) -> float | None:
    """Cores kept busy by others right now: watches for a moment while this process sleeps."""
    before = busy_seconds()
    time.sleep(seconds)
    after = busy_seconds()
    return None if before is None or after is None else (after - before) / seconds
