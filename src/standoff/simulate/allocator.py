"""How the C library keeps the memory of arrays that are gone.

A run makes and drops thousands of arrays of some hundred kilobytes. The GNU C library gives such memory back to the system whenever the top
of its heap is free, and the system has to fill every page of it with zeros again before the next array can be written: on a virtual machine
a fifth of the time of a run for the page (measured). Here up to `KEPT` bytes of it stay with the process.
"""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np

FROM_THE_HEAP = 32 << 20
"""Bytes up to which an array is cut from the heap; larger ones are asked of the system each time. The largest value that glibc takes."""
KEPT = 128 << 20
"""Free bytes at the top of the heap that are kept."""
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of these options of ``mallopt``, see its manual page."""
LARGEST_BLOCK = 2 << 20
"""Bytes of the largest array that a step of an economy makes for a block of needs."""


@cache
def keep_freed_memory() -> None:
    """Let this process, which is ours alone, keep the memory of arrays that are gone. Does nothing without glibc."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(MMAP_THRESHOLD, FROM_THE_HEAP)
    mallopt(TRIM_THRESHOLD, KEPT)


def keep_memory_of_blocks() -> None:
    """Let the process of whoever calls keep the memory of small arrays, by glibc's own rule: twice the largest array given back.

    With less it hands the memory of every block of needs to the system and fetches it again, which doubled the time of 500 producers.
    """
    np.empty(LARGEST_BLOCK // 8)
