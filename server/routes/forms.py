"""Routes that take a file: what is no form is refused before it is read."""

from fastapi import Request
from python_multipart.multipart import parse_options_header

from server.problems import Problem


def require_form(request: Request, what: str) -> None:
    """Raises Problem (415) when the body is no multipart form; `what` names the file that was to come."""
    kind, _ = parse_options_header(request.headers.get("content-type"))  # as Starlette will choose its parser
    if kind != b"multipart/form-data":
        raise Problem(415, "unsupported_media_type", f"Please send the {what} as multipart/form-data.")
