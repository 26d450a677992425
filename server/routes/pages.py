"""The chat page: plain files, no build step, nothing from another host."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

WEB = Path(str(files("server") / "web"))
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@router.get("/")
async def chat_page() -> FileResponse:
    return FileResponse(WEB / "index.html", headers=PAGE_HEADERS)


router.routes.append(Mount("/web", StaticFiles(directory=WEB), name="web"))
