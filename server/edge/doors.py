"""What every request passes before a route sees it, and every answer on its way out."""

import re

from fastapi import FastAPI
from starlette.types import Scope

from server.edge.addresses import CleanAddresses
from server.edge.body_limit import ORDINARY, BodyLimit
from server.edge.headers import SecurityHeaders
from server.edge.origins import Cors, OriginGuard, Origins
from server.last_resort import LastResort
from server.limits.requests import RequestLimit
from server.observing.requests import Requests
from server.settings import Settings
from tools.documents.slip import MAX_BYTES

UPLOADS = re.compile(r"/api/v1/sessions/[^/]+/documents")
FORM_OVERHEAD = 64 * 1024


def is_upload(scope: Scope) -> bool:
    return scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]) is not None


def install(app: FastAPI, settings: Settings, *, in_studio: bool) -> None:
    """The middlewares, from the innermost out.

    LangGraph's development server puts them before its own routes too: a page of another host works with these, by
    rules of that server's own, and they take larger bodies.
    """
    most = MAX_BYTES + FORM_OVERHEAD
    production = settings.environment == "production"
    app.add_middleware(LastResort)
    app.add_middleware(RequestLimit, is_upload=is_upload)
    app.add_middleware(BodyLimit, is_upload=is_upload, most=most, ordinary=most if in_studio else ORDINARY)
    if not in_studio:
        origins = Origins(settings.allowed_origins, local=not production)
        app.add_middleware(Cors, origins=origins)
        app.add_middleware(OriginGuard, origins=origins, local_hosts_only=not settings.auth_required)
    app.add_middleware(CleanAddresses)
    app.add_middleware(SecurityHeaders, https_only=production)
    app.add_middleware(Requests)
