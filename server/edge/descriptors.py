"""How many connections the process can have: each takes a file descriptor, and so do its database and its files."""

import contextlib
import functools

RESERVED = 256  # for everything but connections
WANTED = 20_000
FEWEST = 64


def raise_limit() -> None:
    """Ask the system for as many descriptors as it grants; many start a process with 1,024."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@functools.cache
def most_connections() -> int:
    """Beyond this a connection is cut off at once: better that than a database that cannot open its file."""
    try:
        import resource
    except ImportError:
        return WANTED
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else max(FEWEST, min(WANTED, soft) - RESERVED)
