"""What every request passes before a route sees it, and every answer on its way out."""

import re

from fastapi import FastAPI
from starlette.types import Scope

from server.edge.addresses import CleanAddresses
from server.edge.body_limit import ORDINARY, BodyLimit
from server.edge.headers import SecurityHeaders
from server.edge.origins import Cors, OriginGuard, Origins
from server.lifecycle.last_resort import LastResort
from server.limits.requests import RequestLimit
from server.observing.requests import Requests
from server.settings import Settings
from tools.documents.slip import MAX_BYTES

UPLOADS = re.compile(r"/api/v1/sessions/[^/]+/documents|/api/v1/letters/verify")
FORM_OVERHEAD = 64 * 1024
STUDIO = ["https://smith.langchain.com", "https://eu.smith.langchain.com"]


def is_upload(scope: Scope) -> bool:
    return scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]) is not None


def install(app: FastAPI, settings: Settings, *, in_studio: bool) -> None:
    """The middlewares, from the innermost out.

    LangGraph's development server puts them before its own routes too, which take larger bodies. The page that works
    with these is Studio's, of another host; that server itself would let every page in the world read every thread.
    """
    most = MAX_BYTES + FORM_OVERHEAD
    production = settings.environment == "production"
    app.add_middleware(LastResort)
    app.add_middleware(RequestLimit, is_upload=is_upload)
    app.add_middleware(BodyLimit, is_upload=is_upload, most=most, ordinary=most if in_studio else ORDINARY)
    if in_studio:
        studio = Origins(settings.allowed_origins, local=not production, also=STUDIO)
        app.add_middleware(OriginGuard, origins=studio, local_hosts_only=not settings.auth_required, also_to_read=True)
    else:
        origins = Origins(settings.allowed_origins, local=not production)
        app.add_middleware(Cors, origins=origins)
        app.add_middleware(OriginGuard, origins=origins, local_hosts_only=not settings.auth_required)
    app.add_middleware(CleanAddresses)
    app.add_middleware(SecurityHeaders, https_only=production)
    app.add_middleware(Requests)
