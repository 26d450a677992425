"""A register, a screening or a bureau that is down, late or lying: no guess, one pull, and in the end a person."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.answering import refusing
from tests.driver import Conversation, Json, converse
from tests.faults.matrix import case, cases
from tests.faults.outside import Told, check_answered, check_kept, count, hear, turns
from tests.faults.stage import Stage
from tests.providers_misbehaving import WAYS
from tests.providers_server import ProvidersServer, Way
from tests.tools.providers.asking import TOKEN
from tools.providers.http_client import SLOW_PAUSE_SECONDS

CUSTOMER, PHONE = "C01", "9000000001"
AFTER_THE_PAUSE = SLOW_PAUSE_SECONDS + 0.5
WAY = {way.name: way for way in WAYS}
Change = Callable[[Json], Any]


def ways(*names: str) -> dict[str, Way]:
    return {name: WAY[name] for name in names}


def put(**changes: Any) -> Change:
    return lambda answer: answer | changes


DONE_AND_LOST = ways("does it and says nothing", "does it and resets", "does it and hangs up", "500 after doing it")
NONSENSE = ways(
    "a page", "a page called JSON", "huge", "huge in chunks", "deep", "NaN", "half a document", "empty", "null"
)
LIES = {
    "score -1": put(score=-1),
    "score 9999": put(score=9999),
    "a score in words": put(score="812"),
    "another person's PAN": put(pan="ZZZPN1102B"),
    "another inquiry": put(inquiry_id="bureau:EF-FFFFFFFFFFFFFFFF"),
    "an instalment of a trillion": put(existing_emi=10**12),
}
ANOTHER = {
    "another PAN": put(pan="ZZZPN1102B"),
    "another question's answer": put(request_id="5f0c3c52-6a4e-4d9e-8f6a-000000000000"),
}


class Place(NamedTuple):
    """Where an identity provider is asked: its path, and the field whose answer leads there."""

    path: str
    until: str

    def reach(self, talk: Conversation) -> str:
        """Talk up to it; the words that lead there."""
        converse(talk, CUSTOMER, until=self.until)
        return PHONE if self.until == "phone" else talk.code()


REGISTER, SCREENING = Place("/persons/find", "phone"), Place("/screenings", "otp")


def over_http(stage: Stage, **settings: object) -> tuple[Conversation, ProvidersServer]:
    """A customer of a service that asks the tests' providers over HTTP."""
    providers = stage.providers()
    urls = dict.fromkeys(("register_url", "bureau_url", "screening_url"), providers.url)
    return Conversation(stage.thread(providers_token=TOKEN, **(urls | settings))), providers


def asked_of_the_bureau(talk: Conversation) -> Told:
    """The turn in which the bureau is asked."""
    converse(talk, CUSTOMER, until="otp")
    return hear(talk, talk.code())


def check_undecided(stage: Stage, talk: Conversation, status: str) -> None:
    """No decision without data, and none that anybody could see."""
    application = talk.session()["loan_application"]
    assert (application["status"], application["offered_amount"], application["credit_score"]) == (status, None, None)
    assert talk.http.get(f"/api/v1/sessions/{talk.session_id}/decision").status_code == 404
    assert count(stage, "decisions", talk.session_id) == 0


def asked_again(talk: Conversation) -> Told:
    """The next message that finds the provider asked: for some seconds after it was slow, nobody asks it."""
    told = hear(talk, "and now?")
    if check_answered(told)["loan_application"]["status"] in {"credit_check_pending", "kyc_pending"}:
        time.sleep(AFTER_THE_PAUSE)
        told = hear(talk, "and now?")
        check_answered(told)
    return told


# No answer, for now


@cases(row="the bureau is slow", injections=ways("says nothing", "stops in the body", "drips the body"))
@cases(row="the bureau is down", injections=ways("hangs up", "500"))
@cases(row="the bureau does it and the answer is lost", injections=DONE_AND_LOST, fast=["does it and resets"])
def no_answer(stage: Stage, way: Way) -> None:
    """The bureau comes back: its answer is found, and it was pulled once, at its own log."""
    talk, providers = over_http(stage)
    providers.where, providers.way = "/inquiries", way
    told = asked_of_the_bureau(talk)
    check_answered(told)
    check_undecided(stage, talk, "credit_check_pending")
    assert "2%" in check_answered(hear(talk, "what is the processing fee?"))["content"]
    providers.behave()
    assert asked_again(talk).end["loan_application"]["status"] == "offer_made"
    assert len(providers.pulls) == 1
    converse(talk, CUSTOMER)
    assert talk.session()["loan_application"]["status"] == "sanctioned"
    assert len(providers.pulls) == 1
    check_stored_once(stage, talk)


def check_stored_once(stage: Stage, talk: Conversation) -> None:
    effects = stage.rows("SELECT key FROM effects WHERE session_id = ?", [talk.session_id])
    assert sorted(key.partition(":")[0] for (key,) in effects) == ["bureau", "letter", "mail", "otp"]
    assert count(stage, "letters", talk.session_id) == 1
    assert set(turns(stage, talk.session_id)) == {"done"}


@case(row="the bureau is down", injection="nobody listens, five times over")
def stays_down(stage: Stage) -> None:
    """After so many tries a person takes over; the case is theirs, and nothing was decided."""
    with refusing() as nobody:
        talk, providers = over_http(stage, bureau_url=nobody)
        heard = [asked_of_the_bureau(talk)]
        check_undecided(stage, talk, "credit_check_pending")
        heard += [hear(talk, "and now?") for _ in range(4)]
    for told in heard:
        check_answered(told)
    check_undecided(stage, talk, "under_review")
    check_kept(stage, talk, heard)
    assert count(stage, "cases", talk.session_id) == 1
    assert providers.pulls == []


@case(row="the bureau is slow", injection="answers after the deadline")
def answers_late(stage: Stage) -> None:
    """It works on for longer than the turn waits. The report is fetched when it is there, and never asked for again."""

    def later(answer: Json) -> Json:
        return {"inquiry_id": answer["inquiry_id"], "state": "pending", "report": None}

    talk, providers = over_http(stage)
    providers.where, providers.way = "/inquiries", WAY["does it and says nothing"]
    told = asked_of_the_bureau(talk)
    check_answered(told)
    providers.behave()
    providers.where, providers.changed = "/inquiries/status", later
    asked_again(talk)
    check_undecided(stage, talk, "credit_check_pending")
    providers.behave()
    assert asked_again(talk).end["loan_application"]["status"] == "offer_made"
    assert len(providers.pulls) == 1


# An answer that cannot be believed


def check_with_a_person(stage: Stage, talk: Conversation, providers: ProvidersServer, told: Told) -> None:
    check_answered(told)
    check_undecided(stage, talk, "under_review")
    providers.behave()
    again = hear(talk, "and now?")
    assert check_answered(again)["loan_application"]["status"] == "under_review", "a person was to look"
    check_kept(stage, talk, [told, again])
    assert count(stage, "cases", talk.session_id) == 1
    assert len(providers.pulls) <= 1


@cases(row="the bureau talks nonsense", injections=NONSENSE)
def bureau_garbles(stage: Stage, way: Way) -> None:
    talk, providers = over_http(stage)
    providers.where, providers.way = "/inquiries", way
    check_with_a_person(stage, talk, providers, asked_of_the_bureau(talk))


@cases(row="the bureau lies", injections=LIES, fast=["score 9999"])
def bureau_lies(stage: Stage, change: Change) -> None:
    talk, providers = over_http(stage)
    providers.where, providers.changed = "/inquiries", change
    check_with_a_person(stage, talk, providers, asked_of_the_bureau(talk))


# Register and screening

WAITING = ways("says nothing", "hangs up", "500")


@cases(row="the register is down", injections={name: (REGISTER, way) for name, way in WAITING.items()})
@cases(row="the screening is down", injections={name: (SCREENING, way) for name, way in WAITING.items()})
def identity_waits(stage: Stage, fault: tuple[Place, Way]) -> None:
    """Nobody is asked twice for what they said: once the provider is back, the conversation goes on from there."""
    place, way = fault
    talk, providers = over_http(stage)
    words = place.reach(talk)
    texts = len(talk.outbox())
    providers.where, providers.way = place.path, way
    told = hear(talk, words)
    assert check_answered(told)["loan_application"]["status"] == "kyc_pending"
    assert told.end["awaiting"] == [] and not told.end["loan_application"]["kyc_verified"]
    assert providers.pulls == [] and len(talk.outbox()) == texts
    providers.behave()
    again = asked_again(talk)
    assert again.end["awaiting"] == (["otp"] if place is REGISTER else ["offer_decision"])
    converse(talk, CUSTOMER)
    assert talk.session()["loan_application"]["status"] == "sanctioned"
    assert len(providers.pulls) == 1
    assert [message["channel"] for message in talk.outbox()] == ["sms", "email"]
    check_stored_once(stage, talk)


@cases(row="the register lies", injections={name: (REGISTER, change) for name, change in ANOTHER.items()})
@cases(row="the screening lies", injections={name: (SCREENING, change) for name, change in ANOTHER.items()})
def identity_doubted(stage: Stage, fault: tuple[Place, Change]) -> None:
    place, change = fault
    talk, providers = over_http(stage)
    words = place.reach(talk)
    providers.where, providers.changed = place.path, change
    check_with_a_person(stage, talk, providers, hear(talk, words))
    assert providers.pulls == []
