"""Path and query of a request: text as everywhere else, or an address that leads nowhere."""

from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from server.problems import Problem, document

NOWHERE = Problem(404, "not_found", "Not found.")


class CleanAddresses:
    """Answers 404 to an address with controls, invisible characters or broken encoding: none of ours has them.

    So none reaches a database, one of which would keep a NUL and another fail at it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and not _is_clean(scope["path"], scope["query_string"]):
            await document(NOWHERE)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_clean(path: str, query: bytes) -> bool:
    if not path.isprintable() or "\ufffd" in path:
        return False
    if not query:
        return True
    asked = unquote_plus(query.decode("latin-1"))
    return asked.isprintable() and "\ufffd" not in asked
