"""Officers: in by password or by the lender's identity provider, out, and who am I."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import AfterValidator, BaseModel, Field, SecretStr, StrictStr
from starlette.responses import Response

from server.access import cookies
from server.access.accounts import DEVELOPMENT
from server.access.gate import CHALLENGE
from server.access.oidc import COOKIE as JOURNEY_COOKIE
from server.access.oidc import JOURNEY_SECONDS, IdentityRefused, OpenIdSignIn
from server.access.oidc_provider import ProviderAway
from server.access.passwords import LONGEST, TooBusy
from server.access.principal import Officer
from server.access.sign_in import COOKIE, SignInRefused, log
from server.access.sign_in import LONGEST as LONGEST_SIGN_IN
from server.deps import AccessDep, HouseDep
from server.edge.canonical import body_of, in_openapi
from server.edge.text import clean_text
from server.house import House
from server.models import Body
from server.problems import Problem, answers
from server.routes.pages import PAGE_HEADERS

router = APIRouter(prefix="/api/v1/officers", tags=["Officers"])

# A page and not a redirect: a strict cookie does not travel along a chain that began on another site.
SIGNED_IN_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/officer">'
    '<title>Esoteric</title></head><body><p>You are signed in. <a href="/officer">To the queue</a></p></body></html>'
)


def _clean_secret(secret: SecretStr) -> SecretStr:
    return SecretStr(clean_text(secret.get_secret_value()))


class Credentials(Body):
    name: Annotated[StrictStr, Field(min_length=1, max_length=64), AfterValidator(clean_text)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST), AfterValidator(_clean_secret)]


class OfficerDetails(BaseModel):
    """`limit_rupees` is the largest loan the officer may decide on."""

    name: str
    roles: list[str]
    limit_rupees: int


@router.post("/sign-in", openapi_extra=in_openapi(Credentials), responses=answers(401))
async def sign_in(
    request: Request,
    response: Response,
    credentials: Annotated[Credentials, Depends(body_of(Credentials))],
    house: HouseDep,
) -> OfficerDetails:
    """Start a sign-in; the cookie stands for it. Another one of this browser ends."""
    if house.openid is not None:
        raise Problem(403, "sign_in_elsewhere", "Officers sign in at their organisation.")
    if credentials.name in DEVELOPMENT and not house.limits.addresses.is_local(request.scope):
        raise _refused()  # their password is known to all, and a tunnel may lead here
    try:
        token, officer = await house.desk.sign_in(
            credentials.name, credentials.password.get_secret_value(), _address(request, house)
        )
    except SignInRefused:
        raise _refused() from None
    except TooBusy:
        raise Problem(503, "busy", "Please try again in a moment.", retry_after=2) from None
    await _replace(request, response, house, token)
    return _details(officer)


@router.post("/sign-out", status_code=204)
async def sign_out(request: Request, response: Response, house: HouseDep) -> None:
    """End this browser's sign-in, if it has one."""
    await _end(request, house)
    cookies.take_back(response, COOKIE)


@router.get("/me")
async def me(access: AccessDep) -> OfficerDetails:
    return _details(next(caller for caller in access.callers if isinstance(caller, Officer)))


@router.get("/oidc/start", response_class=RedirectResponse, status_code=302, responses=answers(404))
async def start(house: HouseDep) -> Response:
    """Send the browser to the lender's identity provider."""
    openid = _openid(house)
    try:
        url, journey = await openid.start()
    except ProviderAway as away:
        raise _away(away) from None
    answer = RedirectResponse(url, 302)
    cookies.give(answer, JOURNEY_COOKIE, journey, JOURNEY_SECONDS, samesite="lax")  # it comes back from another site
    return answer


@router.get("/oidc/callback", response_class=HTMLResponse, responses=answers(401, 404, 429))
async def callback(request: Request, house: HouseDep) -> Response:
    """Where the identity provider sends the browser back to."""
    openid, address = _openid(house), _address(request, house)
    try:
        given = request.query_params
        if len(given.multi_items()) != len(given):
            raise IdentityRefused("parameter twice")
        journey = openid.came_back(given, request.cookies.get(JOURNEY_COOKIE))
        await house.desk.admit(address)  # not before: any page can send a browser here, and an office has one address
        identity = await openid.finish(given, journey)
        token, _officer = await house.desk.sign_in_by_provider(identity, address)
    except IdentityRefused as refused:
        log.warning("officer.sign_in_failed", extra={"reason": str(refused)})
        raise _refused() from None
    except SignInRefused:
        raise _refused() from None
    except ProviderAway as away:
        raise _away(away) from None
    answer = HTMLResponse(SIGNED_IN_PAGE, headers=PAGE_HEADERS)
    cookies.take_back(answer, JOURNEY_COOKIE)
    await _replace(request, answer, house, token)
    return answer


async def _replace(request: Request, response: Response, house: House, token: str) -> None:
    """Hand over the new token; the one that the browser came with is over."""
    await _end(request, house)
    cookies.give(response, COOKIE, token, int(LONGEST_SIGN_IN.total_seconds()))


async def _end(request: Request, house: House) -> None:
    old = request.cookies.get(COOKIE)
    if old is not None:
        await house.desk.sign_out(old)


def _openid(house: House) -> OpenIdSignIn:
    if house.openid is None:
        raise Problem(404, "not_found", "Not found.")
    return house.openid


def _address(request: Request, house: House) -> str:
    return house.limits.addresses.group_of(request.scope)


def _details(officer: Officer) -> OfficerDetails:
    return OfficerDetails(name=officer.name, roles=sorted(officer.roles), limit_rupees=officer.limit_rupees)


def _refused() -> Problem:
    return Problem(401, "sign_in_refused", "The sign-in did not succeed.", headers=CHALLENGE)


def _away(away: ProviderAway) -> Problem:
    log.error("officer.sign_in_failed", extra={"reason": f"identity provider: {away}"})
    return Problem(503, "identity_provider_away", "The identity provider cannot be reached.", retry_after=10)
