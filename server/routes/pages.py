"""The chat page: plain files, no build step, nothing from another host."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import Mount

from server.edge.whole_files import WholeFile, WholeFiles

router = APIRouter(include_in_schema=False)

WEB = Path(str(files("server") / "web"))
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
}


@router.get("/")
async def chat_page() -> WholeFile:
    return WholeFile(WEB / "index.html", headers=PAGE_HEADERS)


class PageFiles(WholeFiles):
    """The page's files, asked for anew each time: modules of two versions must not be mixed after an upgrade."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


router.routes.append(Mount("/web", PageFiles(directory=WEB, check_dir=False), name="web"))
