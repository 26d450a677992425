"""Takes from this process what a reader of hostile files does not need: time, memory, files, network, children.

For the child alone, which calls `confine` before it sees a byte. What holds where:

* Linux: all of it. The network is left by a namespace of its own where the kernel allows that to this user; with or
  without it, no file and no socket can be opened any more, for there is no number left to give it.
* Other POSIX systems: the same but for the namespace; macOS does not enforce the limit on memory.
* Windows: nothing of this; there the parent's clock and the missing environment are all.

Root escapes the limit on processes; run the service as another user, as the Dockerfile does.
"""

import ctypes
import os
import sys

CPU_SECONDS = 3
MEMORY_BYTES = 256 * 1024 * 1024
NICENESS = 5  # two hostile files must not take the conversations' cores from them

# From <linux/sched.h> and <linux/prctl.h>.
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SIGNAL_WHEN_PARENT_DIES, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38
_SIGKILL = 9


def confine(memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Give everything up for good: hard limits too. Whatever is to be imported must have been."""
    try:
        import resource
    except ModuleNotFoundError:
        return
    os.nice(NICENESS)
    if sys.platform == "linux":
        _leave_the_network()
    limits = {
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_AS": memory_bytes,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 0,
    }
    for name, value in limits.items():
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (value, value))


def _leave_the_network() -> None:
    """An empty network, where allowed; the end of this process with its parent's; no privileges and no dump of it."""
    libc = ctypes.CDLL(None)
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        libc.unshare(_NEW_NETWORK)
    libc.prctl(_SIGNAL_WHEN_PARENT_DIES, _SIGKILL, 0, 0, 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
