"""How much memory a process may take."""

from __future__ import annotations

import sys


def hold_to_memory(memory: int) -> None:
    """Hold this process to its share of memory, where the system has a way to."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
