"""Providers that are down, slow or lying, in whole conversations: no approval, no second pull, always an answer."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.agents.verifying.people import sharing, until
from tests.conversation import Conversation, customer
from tests.providers_misbehaving import WAYS
from tests.providers_server import ProvidersServer, Way, providers_server
from tools.breaker import Breaker
from tools.providers.http_bureau import HttpBureau
from tools.providers.http_client import HttpProvider, open_connections
from tools.providers.http_register import HttpRegister
from tools.providers.http_screening import HttpScreening

AARAV = customer("C01")
WAY = {way.name: way for way in WAYS}
IMPATIENT = 0.25


@contextlib.asynccontextmanager
async def conversation_over(server: ProvidersServer, bureau_seconds: float = IMPATIENT) -> AsyncIterator[Conversation]:
    """A conversation whose three providers are at `server`; breakers pause for nobody here."""
    conversation = Conversation()
    async with open_connections() as connections:

        def provider(name: str) -> HttpProvider:
            return HttpProvider(name, server.url, connections, breaker=Breaker(lambda: 0.0, failures=10**6))

        http = conversation.services.providers._replace(
            register=HttpRegister(provider("register"), 20),
            screening=HttpScreening(provider("screening"), 20),
            bureau=HttpBureau(provider("bureau"), bureau_seconds),
        )
        yield sharing(conversation, providers=http)


def never_approved(conversation: Conversation) -> None:
    application = conversation.application
    assert application["decision"] is None and application["offer"] is None
    assert application["credit_score"] is None and application["offered_amount"] is None


# 429, 503 and timeouts open the breaker by the pause they ask for, whatever it counts; the clock of these stands still.
DOWN = ["hangs up", "does it and hangs up", "500", "500 after doing it", "does it and resets", "stops in the body"]


@pytest.mark.parametrize("way", DOWN)
async def test_a_bureau_that_is_down_is_asked_again_at_the_next_message(way: str) -> None:
    with providers_server() as server:
        async with conversation_over(server) as conversation:
            await until(conversation, AARAV, "otp")
            server.where, server.way = "/inquiries", WAY[way]
            await conversation.say("OTP")
            if conversation.application["decision"] is None:
                never_approved(conversation)
                assert conversation.application["status"] == "credit_check_pending"
                assert "credit bureau is not answering" in conversation.reply
                answer = await conversation.say("what is the processing fee?")
                assert "2%" in answer, "the customer may go on talking"
            server.behave()
        async with conversation_over(server, 20) as again:
            conversation.services = again.services
            await conversation.say("and now?")
            assert conversation.application["status"] == "offer_made"
            assert conversation.application["provider_failures"] == 0
        assert len(server.pulls) == 1


@pytest.mark.parametrize(
    ("where", "lie"),
    [
        ("/inquiries", {"score": 9999}),
        ("/inquiries", {"pan": "ZZZPN1102B"}),
        ("/inquiries", {"inquiry_id": "x"}),
        ("/inquiries/status", {"inquiry_id": "x"}),
        ("/inquiries/status", {"state": "?"}),
    ],
)
async def test_a_bureau_that_lies_ends_with_a_person(where: str, lie: dict[str, Any]) -> None:
    with providers_server() as server:
        server.where = where
        server.changed = lambda answer: answer | lie
        async with conversation_over(server, 20) as conversation:
            await until(conversation, AARAV, "otp")
            await conversation.say("OTP")
            never_approved(conversation)
            assert conversation.application["status"] == "under_review"
            assert conversation.application["review_reasons"] == ["PROVIDER-ANSWER"]
            assert "passed your application to our team" in conversation.reply
            await conversation.say("and now?")
            assert len(server.pulls) <= 1


async def test_a_bureau_that_stays_down_ends_with_a_person() -> None:
    with providers_server() as server:
        server.where, server.way = "/inquiries/status", WAY["hangs up"]
        async with conversation_over(server, 20) as conversation:
            await until(conversation, AARAV, "otp")
            await conversation.say("OTP")
            for _ in range(3):
                await conversation.say("and now?")
                assert conversation.application["status"] == "credit_check_pending"
            await conversation.say("and now?")
            never_approved(conversation)
            assert conversation.application["status"] == "under_review"
            assert conversation.application["review_reasons"] == ["PROVIDER-DOWN"]
            assert server.pulls == []


Kind = Callable[[ProvidersServer], None]


def down(where: str) -> Kind:
    def arrange(server: ProvidersServer) -> None:
        server.where, server.way = where, Way("down", WAY["hangs up"].act, processed=False)

    return arrange


async def test_a_register_that_is_down_loses_nothing() -> None:
    with providers_server() as server:
        down("/persons/find")(server)
        async with conversation_over(server, 20) as conversation:
            await until(conversation, AARAV, "phone")
            await conversation.say(AARAV.phone)
            assert "not answering" in conversation.reply and conversation.awaiting == []
            assert not conversation.carrier.sent
            server.behave()
            await conversation.say("and now?")
            assert conversation.awaiting == ["otp"]
            assert conversation.application["identity_mismatches"] == 0


async def test_a_screening_that_is_down_asks_no_second_code() -> None:
    with providers_server() as server:
        async with conversation_over(server, 20) as conversation:
            await until(conversation, AARAV, "otp")
            down("/screenings")(server)
            await conversation.say("OTP")
            assert not conversation.application["kyc_verified"] and conversation.awaiting == []
            assert "not answering" in conversation.reply and server.pulls == []
            server.behave()
            await conversation.say("and now?")
            assert conversation.application["kyc_verified"]
            assert conversation.application["status"] == "offer_made" and len(conversation.carrier.sent) == 1


@pytest.mark.parametrize("change", [{"pan": "ZZZPN1102B"}, {"listed": "no"}, {"request_id": "x"}])
async def test_a_screening_that_lies_lets_nobody_through(change: dict[str, Any]) -> None:
    with providers_server() as server:
        async with conversation_over(server, 20) as conversation:
            await until(conversation, AARAV, "otp")
            server.where, server.changed = "/screenings", lambda answer: answer | change
            await conversation.say("OTP")
            assert conversation.application["status"] == "under_review"
            assert not conversation.application["kyc_verified"] and server.pulls == []


async def test_a_hit_stops_everything_before_the_bureau_and_tells_nothing() -> None:
    with providers_server() as server:
        async with conversation_over(server, 20) as conversation:
            await until(conversation, customer("C17"), "otp")
            reply = await conversation.say("OTP")
            assert conversation.application["status"] == "under_review" and server.pulls == []
            assert not any(word in reply.lower() for word in ("screen", "list", "sanction", "fraud", "police"))


async def test_somebody_the_records_do_not_know_goes_to_a_person() -> None:
    with providers_server() as server:
        stranger = AARAV.model_copy(update={"customer_id": "X99", "pan": "ZZZPM9999Z"})
        server.customers[stranger.pan] = stranger
        async with conversation_over(server, 20) as conversation:
            await until(
                conversation,
                stranger,
                "under_review",
                email="a@example.com",
                address="12 Road, Mumbai 400053",
                employment="salaried",
                employer="Northwind Software",
                monthly_income="85000",
                household_annual_income="12 lakh",
                existing_emi="12000",
            )
            assert conversation.application["offer"] is None and server.pulls == []
