"""Child processes that end when the build that started them does, however it went."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Called in the child (`preexec_fn`, or first thing): Linux then tells it that its parent is gone; elsewhere
    it finishes what it makes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
