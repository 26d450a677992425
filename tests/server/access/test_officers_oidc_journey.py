"""The way to the identity provider and back, and what a stranger may change on it."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.limits.windows import LocalWindows
from tests.oidc_server import SECRET, Provider, identity_provider
from tests.server.access.oidc_journey import CALLBACK, REDIRECT_URL, Journey, oidc_settings, refused
from tests.service import Service, fresh_data_dir, service_in_thread


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[tuple[Provider, Service]]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("oidc") / "var", knowledge_dir)
    with identity_provider() as provider, service_in_thread(data_dir, **oidc_settings(provider)) as service:
        yield provider, service


@pytest.fixture
def provider(pair: tuple[Provider, Service]) -> Iterator[Provider]:
    provider, service = pair
    assert service.house is not None
    service.house.limits._windows = LocalWindows()  # each test has its twenty tries
    yield provider
    provider.reset()


@pytest.fixture
def journey(pair: tuple[Provider, Service], provider: Provider) -> Journey:
    return Journey(pair[1])


def other_state(journey: Journey) -> None:
    journey.parameters["state"] = "KANARI"


def no_state(journey: Journey) -> None:
    del journey.parameters["state"]


def state_beyond_ascii(journey: Journey) -> None:
    journey.parameters["state"] = "é\udcff"[:1] * 43


def no_code(journey: Journey) -> None:
    del journey.parameters["code"]


def empty_code(journey: Journey) -> None:
    journey.parameters["code"] = ""


def guessed_code(journey: Journey) -> None:
    journey.parameters["code"] = "KANARI"


def huge_code(journey: Journey) -> None:
    journey.parameters["code"] = "KANARI" * 1000


def denied(journey: Journey) -> None:
    journey.parameters = {"error": "access_denied", "error_description": "KANARI", "state": journey.parameters["state"]}


def no_cookie(journey: Journey) -> None:
    journey.cookie = ""


def changed_cookie(journey: Journey) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(journey.cookie))
    sealed[40] ^= 1
    journey.cookie = base64.urlsafe_b64encode(sealed).decode()


def readable_cookie(journey: Journey) -> None:
    content = {"state": journey.parameters["state"], "nonce": "n", "verifier": "v"}
    journey.cookie = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def huge_cookie(journey: Journey) -> None:
    journey.cookie = "A" * 4000


def cookie_of_another_browser(journey: Journey) -> None:
    """Somebody sends a victim to finish a journey of their own."""
    journey.cookie = Journey(journey.service).leave().cookie


def code_of_another_journey(journey: Journey) -> None:
    """A code that was caught elsewhere: it belongs to another challenge and another nonce."""
    journey.parameters["code"] = Journey(journey.service).leave().parameters["code"]


def from_another_issuer(journey: Journey) -> None:
    journey.parameters["iss"] = "https://kanari.example"


CHANGES: list[Callable[[Journey], None]] = [
    *(other_state, no_state, state_beyond_ascii, no_code, empty_code, guessed_code, huge_code, denied, no_cookie),
    *(changed_cookie, readable_cookie, huge_cookie, cookie_of_another_browser, code_of_another_journey),
    from_another_issuer,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_a_stranger_changes_leads_nowhere(journey: Journey, change: Callable[[Journey], None]) -> None:
    change(journey.leave())
    refused(journey.come_back())


def test_a_code_caught_elsewhere_fails_even_where_the_provider_forgets_pkce(
    provider: Provider, journey: Journey
) -> None:
    """Then the nonce is what stands between."""
    caught = Journey(journey.service).leave()
    challenge = provider.authorization["code_challenge"]
    journey.leave()
    provider.codes[caught.parameters["code"]]["code_challenge"] = provider.authorization["code_challenge"]
    assert challenge != provider.authorization["code_challenge"]
    journey.parameters["code"] = caught.parameters["code"]
    refused(journey.come_back())
    assert provider.asked.count("/token") == 1


def test_nobody_comes_back_twice(provider: Provider, journey: Journey) -> None:
    provider.one_use = False
    assert journey.leave().come_back().status_code == 200
    asked = provider.asked.count("/token")
    refused(journey.come_back())
    assert provider.asked.count("/token") == asked, "the provider is not even asked"


def test_a_parameter_comes_once(journey: Journey) -> None:
    journey.leave()
    state = journey.parameters["state"]
    journey.parameters["code"] += f"&state={state}"
    query = "&".join(f"{name}={value}" for name, value in journey.parameters.items())
    cookie = {"Cookie": f"__Host-officer-oidc={journey.cookie}"}
    refused(httpx.get(f"{journey.service.base_url}{CALLBACK}?{query}", headers=cookie, trust_env=False))


def test_the_journey_takes_ten_minutes_at_most(journey: Journey) -> None:
    house = journey.service.house
    assert house is not None and house.openid is not None
    journey.leave()
    now = house.openid._now
    try:
        house.openid._now = lambda: now() + timedelta(minutes=10, seconds=2)
        refused(journey.come_back())
    finally:
        house.openid._now = now
    assert journey.come_back().status_code == 200


def test_nobody_is_sent_elsewhere(journey: Journey) -> None:
    for name in ("next", "redirect", "redirect_uri", "return_to", "url"):
        url = f"{journey.service.base_url}/api/v1/officers/oidc/start?{name}=https://kanari.example"
        answer = httpx.get(url, headers={"Host": f"127.0.0.1:{journey.service.port}"}, trust_env=False)
        assert "kanari" not in answer.headers["location"]
        assert str(httpx.URL(answer.headers["location"]).params["redirect_uri"]) == REDIRECT_URL


def test_strangers_cannot_make_us_ask_without_end(provider: Provider, journey: Journey) -> None:
    for _ in range(20):
        journey.leave().parameters["code"] = "KANARI"
        refused(journey.come_back())
    asked = provider.asked.count("/token")
    refused(journey.leave().come_back(), 429)
    assert asked == 20 == provider.asked.count("/token")


def test_a_foreign_page_cannot_use_up_the_tries_of_an_office(provider: Provider, journey: Journey) -> None:
    journey.leave()
    for cookie in ("", journey.cookie):
        for _ in range(15):
            refused(Journey(journey.service, cookie, {"code": "KANARI", "state": "KANARI"}).come_back())
    assert "/token" not in provider.asked
    assert journey.come_back().status_code == 200


def test_whoever_was_vouched_for_frees_the_address(journey: Journey) -> None:
    for _ in range(25):
        journey.sign_in()


def test_the_log_tells_neither_names_nor_secrets(
    provider: Provider, journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.claims = {"sub": "KANARI", "email": "KANARI@example.com", "roles": ["maker"]}
    token = journey.sign_in()
    provider.claims |= {"nonce": "KANARI"}
    refused(journey.leave().come_back())
    ours = [record for record in caplog.records if record.name.startswith("esoteric")]
    assert [record.msg for record in ours if record.name == "esoteric.access"] == [
        "officer.signed_in",
        "officer.sign_in_failed",
    ]
    told = "\n".join(str(record.__dict__) for record in ours)
    secrets = ["KANARI", token, SECRET, journey.cookie, *journey.parameters.values()]
    assert not any(secret in told for secret in secrets)


AWAY: dict[str, dict[str, tuple[int, bytes]]] = {
    "an error": {"/token": (500, b"KANARI")},
    "a page": {"/token": (200, b"<html>KANARI")},
    "a list": {"/token": (200, b"[]")},
    "deep": {"/token": (200, b"[" * 100_000)},
    "without end": {"/token": (200, b"{" + b" " * 300_000 + b"}")},
    "elsewhere": {"/token": (302, b"")},
}


@pytest.mark.parametrize("how", AWAY)
def test_a_provider_that_is_away_is_no_fault_of_the_officer(provider: Provider, journey: Journey, how: str) -> None:
    journey.leave()
    provider.answers = AWAY[how]
    refused(journey.come_back(), 503)


@pytest.mark.parametrize("answer", [b"{}", b'{"id_token": null}', b'{"id_token": ["KANARI"]}'])
def test_no_token_no_sign_in(provider: Provider, journey: Journey, answer: bytes) -> None:
    journey.leave()
    provider.answers = {"/token": (200, answer)}
    refused(journey.come_back())
