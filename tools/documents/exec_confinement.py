"""Confinement that holds across `exec`: for a program of somebody else's that must open its own libraries and data.

Linux only. The network is denied by a filter on system calls (no socket of any kind), files by Landlock where the
kernel has it (reading below a few folders, writing nowhere) and by a limit on what may be written. Time, memory and
children are limited as elsewhere. Where the filter cannot be set, `confine_for_exec` raises: better no answer.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

READABLE: Final = ("/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache")

# From <linux/prctl.h>, <linux/seccomp.h>, <linux/audit.h>, <linux/filter.h> and <linux/landlock.h>.
_SIGNAL_WHEN_PARENT_DIES, _NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 1, 38, 22, 2
_SIGKILL, _EPERM = 9, 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | _EPERM, 0x80000000
_OTHER_NUMBERS = 0x40000000  # x32: the same calls under other numbers
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
_ALL_OF_FILES, _EXECUTE, _READ, _LIST = (1 << 13) - 1, 1 << 0, 1 << 2, 1 << 3
_BENEATH = 1

# By machine: its mark, and the numbers of socket, socketpair, io_uring_setup, ptrace, process_vm_writev.
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 53, 425, 101, 311)),
    "aarch64": (0xC00000B7, (198, 199, 425, 117, 271)),
}


class CannotConfine(Exception):
    """This system offers no way to keep the program from the network."""


def confine_for_exec(*, cpu_seconds: int, memory_bytes: int, niceness: int = 5) -> None:
    """Give everything up but reading what a program needs to start. Raises CannotConfine."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        raise CannotConfine
    import resource

    os.nice(niceness)
    limits = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 32,
    }
    for name, value in limits.items():
        resource.setrlimit(name, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SIGNAL_WHEN_PARENT_DIES, _SIGKILL, 0, 0, 0)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise CannotConfine
    _read_only(libc, READABLE)
    _no_sockets(libc)


def _no_sockets(libc: ctypes.CDLL) -> None:
    mark, denied = _MACHINES[platform.machine()]
    # Every forbidden number jumps to the last order, over the permission.
    compared = [(_AT_LEAST, _OTHER_NUMBERS), *((_EQUAL, number) for number in denied)]
    orders = [
        _order(_LOAD, 0, 0, _MACHINE_AT),
        _order(_EQUAL, 1, 0, mark),
        _order(_RETURN, 0, 0, _KILL),
        _order(_LOAD, 0, 0, _NUMBER_AT),
        *(_order(code, len(compared) - at, 0, number) for at, (code, number) in enumerate(compared)),
        _order(_RETURN, 0, 0, _ALLOW),
        _order(_RETURN, 0, 0, _DENY),
    ]
    program = b"".join(orders)
    held = ctypes.create_string_buffer(program, len(program))
    passed = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(orders), ctypes.addressof(held)))
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.c_void_p(ctypes.addressof(passed)), 0, 0) != 0:
        raise CannotConfine


def _order(code: int, then: int, otherwise: int, value: int) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)


def _read_only(libc: ctypes.CDLL, folders: Sequence[str]) -> None:
    """Landlock, where the kernel has it: these folders can be read, nothing can be written."""
    handled = ctypes.create_string_buffer(struct.pack("Q", _ALL_OF_FILES), 8)
    rules = libc.syscall(_CREATE_RULES, handled, 8, 0)
    if rules < 0:
        return
    for folder in folders:
        try:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        allowed = _READ | _EXECUTE | (_LIST if Path(folder).is_dir() else 0)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, place), 12)
        libc.syscall(_ADD_RULE, rules, _BENEATH, rule, 0)
        os.close(place)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)
