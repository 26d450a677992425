"""What may be told of an exception: its kind and where it came from. Its text may quote a customer."""

import traceback


def trace_of(error: BaseException) -> str:
    """The kind of the exception and the source lines it passed, without a word of its own or of its causes."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
