"""The chat pages and the officers' page: plain files, no build step, nothing from another host."""

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount

from server.deps import HouseDep
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


@router.get("/hedge-fund-guy")
async def hedge_fund_guy_page() -> WholeFile:
    return WholeFile(WEB / "hedge-fund-guy.html", headers=PAGE_HEADERS)


@router.get("/officer")
async def officer_page(house: HouseDep) -> HTMLResponse:
    """One word of it says whether officers sign in here or at their organisation."""
    page = await asyncio.to_thread((WEB / "officer.html").read_text, "utf-8")
    if house.openid is not None:
        page = page.replace('data-sign-in="here"', 'data-sign-in="elsewhere"')
    return HTMLResponse(page, headers=PAGE_HEADERS)


class PageFiles(WholeFiles):
    """The page's files, asked for anew each time: modules of two versions must not be mixed after an upgrade."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


router.routes.append(Mount("/web", PageFiles(directory=WEB, check_dir=False), name="web"))
