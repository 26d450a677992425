"""What adapters do when all is well, when it is well again, and what never leaves them."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.certificates import certificate_of_its_own, serving_with, trusting
from tests.providers_misbehaving import NO_ANSWER
from tests.providers_server import ProvidersServer, Way, providers_server
from tests.tools.providers.asking import C01, INQUIRY, PATHS, PERSON, TOKEN, asking, usual_tls
from tools.breaker import Breaker
from tools.providers.http_bureau import HttpBureau
from tools.providers.http_client import HttpProvider, open_connections
from tools.providers.protocols import ProviderUnavailable, UnusableAnswer
from tools.providers.strict_json import NotJson, strict_json

KINDS = ("register", "screening", "bureau")
WAY = {way.name: way for way in NO_ANSWER}


@pytest.fixture
def server() -> Iterator[ProvidersServer]:
    with providers_server() as running:
        yield running


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_personal_in_the_address(server: ProvidersServer, kind: str) -> None:
    async with asking(kind, server.url) as ask:
        await ask()
    assert {asked.target for asked in server.asked} <= set(PATHS.values())
    for asked in server.asked:
        assert f"authorization: bearer {TOKEN}" in asked.head.lower()
        assert not any(secret in asked.head for secret in (C01.pan, C01.name, C01.phone))


async def test_the_bureau_is_asked_of_an_inquiry_before_it_is_told_to_pull(server: ProvidersServer) -> None:
    async with asking("bureau", server.url) as ask:
        first = await ask()
        assert await ask() == first
    assert [asked.target for asked in server.asked] == ["/inquiries/status", "/inquiries", "/inquiries/status"]
    assert server.pulls == [INQUIRY]


async def test_a_pull_under_way_is_waited_for(server: ProvidersServer) -> None:
    server.where = "/inquiries/status"
    server.changed = lambda answer: answer | {"state": "pending", "report": None}
    async with asking("bureau", server.url) as ask:
        for _ in range(2):
            with pytest.raises(ProviderUnavailable) as caught:
                await ask()
            assert not isinstance(caught.value, UnusableAnswer)
    assert server.pulls == []


async def test_an_inquiry_is_no_pull(server: ProvidersServer) -> None:
    async with open_connections(SecretStr(TOKEN), usual_tls()) as connections:
        bureau = HttpBureau(HttpProvider("bureau", server.url, connections))
        assert await bureau.inquire(C01.pan, inquiry=INQUIRY) == "not_done"
        assert server.pulls == []
        report = await bureau.pull(C01.pan, inquiry=INQUIRY)
        assert await bureau.inquire(C01.pan, inquiry=INQUIRY) == report
        server.where = "/inquiries/status"
        server.changed = lambda answer: answer | {"state": "pending", "report": None}
        with pytest.raises(ProviderUnavailable):
            await bureau.inquire(C01.pan, inquiry=INQUIRY)
        server.behave()
        with pytest.raises(UnusableAnswer):  # a report on somebody else
            await bureau.inquire("ZZZPM1102B", inquiry=INQUIRY)
    assert server.pulls == [INQUIRY]


async def test_a_bureau_that_cannot_tell_is_not_told_to_pull(server: ProvidersServer) -> None:
    server.where = "/inquiries/status"
    server.changed = lambda answer: answer | {"state": "unknown", "report": None}
    async with open_connections(SecretStr(TOKEN), usual_tls()) as connections:
        bureau = HttpBureau(HttpProvider("bureau", server.url, connections))
        assert await bureau.inquire(C01.pan, inquiry=INQUIRY) == "not_known"
        with pytest.raises(UnusableAnswer):
            await bureau.pull(C01.pan, inquiry=INQUIRY)
    assert server.pulls == []


@pytest.mark.parametrize("kind", ["register", "screening", "bureau's status"])
async def test_what_may_be_asked_twice_survives_a_hiccup(server: ProvidersServer, kind: str) -> None:
    def once(caller: object, body: bytes) -> None:
        server.behave()
        caller.reset()  # type: ignore[attr-defined]

    server.where, server.way = PATHS[kind], Way("once", once, processed=False)
    async with asking(kind, server.url) as ask:
        await ask()


async def test_a_pull_is_not_sent_twice_in_one_go(server: ProvidersServer) -> None:
    server.where, server.way = "/inquiries", WAY["500"]
    async with asking("bureau", server.url) as ask:
        with pytest.raises(ProviderUnavailable):
            await ask()
    assert [asked.target for asked in server.asked] == ["/inquiries/status", "/inquiries"]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_breaker(server: ProvidersServer, kind: str) -> None:
    clock = Clock()
    breaker = Breaker(clock, failures=2, pause=30)
    server.where, server.way = PATHS[kind], WAY["500"]
    async with asking(kind, server.url, breaker=breaker) as ask:
        for _ in range(2):
            with pytest.raises(ProviderUnavailable):
                await ask()
        server.behave()
        asked = len(server.asked)
        with pytest.raises(ProviderUnavailable):
            await ask()
        assert len(server.asked) == asked, "it is left alone"
        clock.now = 31
        await ask()
        assert not breaker.is_open


@pytest.mark.parametrize(("way", "seconds"), [("503 with Retry-After", 30), ("429", 5), ("503 for ever", 30)])
async def test_a_provider_that_asks_for_patience_gets_it(server: ProvidersServer, way: str, seconds: int) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    server.where, server.way = PATHS["register"], WAY[way]
    async with asking("register", server.url, breaker=breaker) as ask:
        with pytest.raises(ProviderUnavailable):
            await ask()
    assert len(server.asked) == 1
    clock.now = seconds - 1
    assert breaker.is_open
    clock.now = seconds + 1
    assert not breaker.is_open


async def test_no_redirect_is_followed(server: ProvidersServer) -> None:
    server.where, server.way = PATHS["screening"], WAY["redirect"]
    async with asking("screening", server.url) as ask:
        with pytest.raises(ProviderUnavailable):
            await ask()
    assert [asked.target for asked in server.asked] == ["/screenings"]


async def test_no_proxy_is_taken_from_the_environment(server: ProvidersServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        async with asking("register", server.url) as ask:
            assert await ask() == PERSON


async def test_a_certificate_is_checked(tmp_path: Path) -> None:
    path = certificate_of_its_own(tmp_path)
    with providers_server(serving_with(path)) as server:
        async with asking("register", server.url) as ask:
            with pytest.raises(ProviderUnavailable):
                await ask()
        assert not server.asked
        async with asking("register", server.url, tls=trusting(path)) as ask:
            assert await ask() == PERSON
    path = certificate_of_its_own(tmp_path, days=-1)
    with providers_server(serving_with(path)) as server:
        async with asking("register", server.url, tls=trusting(path)) as ask:
            with pytest.raises(ProviderUnavailable):
                await ask()
        assert not server.asked


async def test_a_cancelled_pull_is_found_later(server: ProvidersServer) -> None:
    server.where, server.way = "/inquiries", WAY["does it and says nothing"]
    async with asking("bureau", server.url) as ask:
        task = asyncio.ensure_future(ask())
        while not server.pulls:  # noqa: ASYNC110  the server is a thread and has no event of this loop
            await asyncio.sleep(0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    server.behave()
    async with asking("bureau", server.url) as ask:
        assert (await ask()).score == 812
    assert server.pulls == [INQUIRY]


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', "[NaN]", "[1] []", "", "[" * 9000, '"\\', "9" * 21, b"\xff\xfe"])
def test_json_that_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotJson) as caught:
        strict_json(text.encode() if isinstance(text, str) else text)
    assert not str(caught.value)


def test_json_that_is_read() -> None:
    assert strict_json('{"a": [1, -2.5, true, null, "अ"]}'.encode()) == {"a": [1, -2.5, True, None, "अ"]}
