"""An officer's way through the identity provider, step by step, as a browser goes it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.oidc_server import CLIENT_ID, SECRET, Provider
from tests.service import Service

START, CALLBACK, ME = (f"/api/v1/officers/{name}" for name in ("oidc/start", "oidc/callback", "me"))
REDIRECT_URL = f"http://127.0.0.1:8000{CALLBACK}"
JOURNEY_COOKIE, COOKIE = "__Host-officer-oidc", "__Host-officer"


@dataclass
class Journey:
    """What the browser holds: the cookie that it left with and the parameters that it comes back with."""

    service: Service
    cookie: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    returned: httpx.Response | None = None

    def start(self) -> httpx.Response:
        answer = httpx.get(self.service.base_url + START, trust_env=False)
        if answer.status_code == 302:
            self.cookie = cookie_of(answer, JOURNEY_COOKIE)
        return answer

    def leave(self) -> "Journey":
        """To the provider, where somebody signs in, and to the point of coming back."""
        there = self.start().headers["location"]
        back = httpx.get(there, trust_env=False)
        assert back.status_code == 302, back.text
        url = urlsplit(back.headers["location"])
        assert f"{url.scheme}://{url.netloc}{url.path}" == REDIRECT_URL
        self.parameters = {name: values[0] for name, values in parse_qs(url.query).items()}
        return self

    def come_back(self, *, old_token: str | None = None) -> httpx.Response:
        cookies = [f"{JOURNEY_COOKIE}={self.cookie}"] if self.cookie else []
        cookies += [f"{COOKIE}={old_token}"] if old_token else []
        url = f"{self.service.base_url}{CALLBACK}?{urlencode(self.parameters)}"
        self.returned = httpx.get(url, headers={"Cookie": "; ".join(cookies)}, trust_env=False)
        return self.returned

    def sign_in(self) -> str:
        """The token of a sign-in that must succeed."""
        answer = self.leave().come_back()
        assert answer.status_code == 200, answer.text
        return cookie_of(answer, COOKIE)


def me(service: Service, token: str) -> httpx.Response:
    return httpx.get(service.base_url + ME, headers={"Cookie": f"{COOKIE}={token}"}, trust_env=False)


def cookie_of(answer: httpx.Response, name: str) -> str:
    for line in answer.headers.get_list("set-cookie"):
        if line.startswith(f"{name}="):
            return line.removeprefix(f"{name}=").partition(";")[0]
    raise AssertionError("no such cookie")


def refused(answer: httpx.Response, status: int = 401) -> None:
    assert answer.status_code == status, answer.text
    assert not any(line.startswith(f"{COOKIE}=") for line in answer.headers.get_list("set-cookie"))
    assert "KANARI" not in answer.text


def oidc_settings(provider: Provider) -> dict[str, Any]:
    return {
        "auth_required": True,
        "rate_limit_enabled": False,
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SECRET,
        "oidc_redirect_url": REDIRECT_URL,
        "oidc_limit_claim": "approval_limit",
    }
