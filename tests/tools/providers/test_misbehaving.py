"""Every way of misbehaving, at every kind of provider: one of two exceptions in time, and never a second pull."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.answering import refusing
from tests.providers_misbehaving import WAYS
from tests.providers_server import Json, ProvidersServer, Way, full_house, providers_server
from tests.tools.providers.asking import C01, INQUIRY, PATHS, PERSON, TOKEN, asking
from tools.providers.protocols import BureauReport, ProviderUnavailable, UnusableAnswer

IMPATIENT, GENEROUS = 0.25, 20.0
HONEST = {"register": PERSON, "screening": False, "bureau": BureauReport(812, 12000, {})}

Change = Callable[[Json], Any]


@pytest.fixture
def server() -> Iterator[ProvidersServer]:
    with providers_server() as running:
        yield running


async def ask_badly(kind: str, url: str, **how: Any) -> ProviderUnavailable:
    with pytest.raises(ProviderUnavailable) as caught:
        async with asyncio.timeout(GENEROUS), asking(kind, url, **how) as ask:
            await ask()
    told = str(caught.value) + repr(caught.value)
    assert C01.pan not in told and C01.name not in told and caught.value.__cause__ is None
    return caught.value


async def ask_well(kind: str, url: str) -> None:
    async with asking(kind, url) as ask:
        assert await ask() == HONEST[kind.split("'")[0]]


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_on_the_wire(server: ProvidersServer, kind: str, way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.where, server.way = PATHS[kind], way
    error = await ask_badly(kind, server.url, seconds=GENEROUS if way.unusable else IMPATIENT)
    assert isinstance(error, UnusableAnswer) == way.unusable
    assert len(server.asked) <= 3
    assert len(server.pulls) <= 1
    server.behave()
    await ask_well(kind, server.url)
    assert server.pulls == ([INQUIRY] if "bureau" in kind else [])
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("esoteric", "httpx"))]
    assert not any(secret in line for line in ours for secret in (C01.pan, C01.name, C01.phone, TOKEN))


# What an answer says that cannot be: by kind, the change and its name.
def put(**changes: Any) -> Change:
    return lambda answer: answer | changes


def put_in(part: str, **changes: Any) -> Change:
    return lambda answer: answer | {part: answer[part] | changes}


def less(field: str) -> Change:
    return lambda answer: {name: value for name, value in answer.items() if name != field}


def less_of_the_person(field: str) -> Change:
    return lambda answer: answer | {"person": less(field)(answer["person"])}


OTHER = "ZZZPN1102B"
LIES: dict[str, dict[str, Change]] = {
    "register": {
        "another PAN": put(pan=OTHER),
        "an answer to another question": put(request_id="5f0c3c52-6a4e-4d9e-8f6a-000000000000"),
        "another person": put_in("person", pan=OTHER),
        "no such day": put_in("person", date_of_birth="2001-02-30"),
        "a date as people write it": put_in("person", date_of_birth="18/04/1992"),
        "a date as a number": put_in("person", date_of_birth=703555200),
        "a phone that is none": put_in("person", phone="12345"),
        "markup in the name": put_in("person", name="<b>Aarav</b>"),
        "a line break in the name": put_in("person", name="Aarav\nMehta"),
        "an empty name": put_in("person", name=""),
        "a path for an id": put_in("person", customer_id="../../C02"),
        "a lone surrogate": put_in("person", name="Aarav \ud800"),
    },
    "screening": {
        "another PAN": put(pan=OTHER),
        "an answer to another question": put(request_id="5f0c3c52-6a4e-4d9e-8f6a-000000000000"),
        "a word for false": put(listed="false"),
        "a nought for false": put(listed=0),
        "nothing": put(listed=None),
    },
    "bureau": {
        "another PAN": put(pan=OTHER),
        "another inquiry": put(inquiry_id="bureau:EF-FFFFFFFFFFFFFFFF"),
        "score 9999": put(score=9999),
        "score -1": put(score=-1),
        "score 0": put(score=0),
        "score 299": put(score=299),
        "score 901": put(score=901),
        "score NaN in words": put(score="NaN"),
        "score in words": put(score="812"),
        "half a score": put(score=812.5),
        "score true": put(score=True),
        "a negative instalment": put(existing_emi=-1),
        "an instalment of a trillion": put(existing_emi=10**12),
        "no history": put(history=None),
        "months before the event": put(history={"months_since_30dpd": -3}),
        "months in words": put(history={"months_since_60dpd": "2"}),
        "a million enquiries": put(history={"enquiries_90d": 10**6}),
    },
    "bureau's status": {
        "another inquiry": put(inquiry_id="bureau:EF-FFFFFFFFFFFFFFFF"),
        "an unknown state": put(state="perhaps"),
        "done without a report": put(state="done"),
        "a report that is not there yet": put(report={"inquiry_id": INQUIRY}),
        "another's report": put(
            state="done",
            report={"inquiry_id": INQUIRY, "pan": OTHER, "score": 900, "existing_emi": 0, "history": {}},
        ),
        "another inquiry's report": put(
            state="done",
            report={"inquiry_id": "x", "pan": C01.pan, "score": 900, "existing_emi": 0, "history": {}},
        ),
        "a report with score 9999": put(
            state="done",
            report={"inquiry_id": INQUIRY, "pan": C01.pan, "score": 9999, "existing_emi": 0, "history": {}},
        ),
    },
}
FIELDS = {
    "register": ("request_id", "pan", "person"),
    "screening": ("request_id", "pan", "listed"),
    "bureau": ("inquiry_id", "pan", "score", "existing_emi", "history"),
    "bureau's status": ("inquiry_id", "state"),
}
SAID: list[tuple[str, str, Change]] = [
    *((kind, name, change) for kind, lies in LIES.items() for name, change in lies.items()),
    *((kind, f"{field} left out", less(field)) for kind, fields in FIELDS.items() for field in fields),
    *((kind, f"{field} a list", put(**{field: [1]})) for kind, fields in FIELDS.items() for field in fields),
    *(
        (
            "register",
            f"the person's {field} left out",
            less_of_the_person(field),
        )
        for field in PERSON._fields
    ),
]


@pytest.mark.parametrize(("kind", "name", "change"), SAID, ids=[f"{kind}-{name}" for kind, name, _ in SAID])
async def test_in_what_it_says(server: ProvidersServer, kind: str, name: str, change: Change) -> None:
    server.where, server.changed = PATHS[kind], change
    assert isinstance(await ask_badly(kind, server.url), UnusableAnswer), name
    assert len(server.pulls) <= 1
    server.behave()
    await ask_well(kind, server.url)
    assert server.pulls == ([INQUIRY] if "bureau" in kind else [])


@pytest.mark.parametrize("kind", ["register", "screening", "bureau"])
async def test_nobody_listens(kind: str) -> None:
    with refusing() as url:
        assert not isinstance(await ask_badly(kind, url), UnusableAnswer)


@pytest.mark.parametrize("kind", ["register", "screening", "bureau"])
async def test_connecting_never_ends(kind: str) -> None:
    with full_house() as url:
        assert not isinstance(await ask_badly(kind, url, seconds=IMPATIENT), UnusableAnswer)


@pytest.mark.parametrize("kind", ["register", "screening", "bureau"])
async def test_no_tls_where_it_was_expected(server: ProvidersServer, kind: str) -> None:
    error = await ask_badly(kind, server.url.replace("http:", "https:"))
    assert not isinstance(error, UnusableAnswer) and not server.asked


async def test_an_unknown_person_is_no_fault(server: ProvidersServer) -> None:
    server.customers.clear()
    async with asking("register", server.url) as ask:
        assert await ask() is None


async def test_no_history_is_no_fault(server: ProvidersServer) -> None:
    server.customers[C01.pan] = C01.model_copy(update={"score": None, "bureau": {"enquiries_90d": 7}})
    async with asking("bureau", server.url) as ask:
        assert await ask() == BureauReport(None, 12000, {"enquiries_90d": 7})


async def test_a_birth_date_is_a_date(server: ProvidersServer) -> None:
    async with asking("register", server.url) as ask:
        assert (await ask()).date_of_birth == date(1992, 4, 18)
