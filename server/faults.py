"""What may be told of an exception: its kind and where it came from. Its text may quote a customer."""

import traceback
from pathlib import PurePath

PLACES = 12


def fault(error: BaseException) -> dict[str, str]:
    """`kind` and `where` (the innermost places, outermost first), without a word of the exception or of its causes."""
    frames = list(traceback.walk_tb(error.__traceback__))[-PLACES:]
    where = " > ".join(
        f"{'/'.join(PurePath(frame.f_code.co_filename).parts[-2:])}:{line} {frame.f_code.co_name}"
        for frame, line in frames
    )
    return {"kind": type(error).__name__, "where": where}
