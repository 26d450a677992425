"""Puts the officers' desk together from the settings."""

import asyncio
import contextlib
import ssl

import httpx

from server.access.accounts import add_development_officers, refuse_development_officers
from server.access.oidc import Claims, OpenIdSignIn
from server.access.oidc_provider import CALL_SECONDS, IdentityProvider
from server.access.passwords import Passwords
from server.access.sign_in import SignInDesk
from server.limits.address import is_loopback
from server.limits.limits import Limits
from server.settings import Settings
from server.store.officers import Officers
from tools.sealing import Sealer


async def open_desk(
    settings: Settings,
    officers: Officers,
    sealer: Sealer,
    limits: Limits,
    cleanup: contextlib.AsyncExitStack,
) -> tuple[SignInDesk, OpenIdSignIn | None]:
    """With the fictional officers where only this machine can reach them. Raises DevelopmentOfficers elsewhere."""
    passwords = Passwords()
    openid = await _openid(settings, cleanup)
    if reachable(settings):
        await refuse_development_officers(officers)
    elif openid is None:
        await add_development_officers(officers, passwords)
    desk = SignInDesk(officers, passwords, limits, sealer, passwords_open=openid is None)
    return desk, openid


def reachable(settings: Settings) -> bool:
    """Whether others than this machine's users can get at the service."""
    return settings.environment == "production" or not is_loopback(settings.host)


async def _openid(settings: Settings, cleanup: contextlib.AsyncExitStack) -> OpenIdSignIn | None:
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_redirect_url)
    issuer, client_id, secret, redirect_url = given
    if issuer is None or client_id is None or secret is None or redirect_url is None:
        return None
    tls = await asyncio.to_thread(ssl.create_default_context)
    connections = await cleanup.enter_async_context(httpx.AsyncClient(verify=tls, timeout=CALL_SECONDS))
    provider = IdentityProvider(issuer, client_id, secret, connections)
    claims = Claims(settings.oidc_roles_claim, settings.oidc_limit_claim)
    return OpenIdSignIn(provider, claims, redirect_url, settings.sealing_key())
