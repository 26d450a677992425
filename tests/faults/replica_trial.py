"""Many customers talk to several replicas, from the first word to the letter, while replicas are killed and paused."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.faults.replica_customer import Customer, GaveUp
from tests.faults.replica_torment import Torment
from tests.faults.replicas import Replicas, several_replicas
from tests.faults.stage import Stage, provider_settings
from tests.faults.streams import Reading
from tests.load.people import Person, Road, people
from tests.load.script import QUESTIONS
from tests.providers_server import ProvidersServer
from tests.samples import salary_slip_pdf
from tests.server.limits.redis_server import RedisServer
from tools.providers.simulated import Customer as OnRecord

Json = dict[str, Any]

TRANSPORTS = ("rest", "sse", "ws")
# An instant approval, a longer tenure that the customer takes, and a loan that wants a salary slip.
ROADS = (
    Road("C01", 300_000, 36, "yes, I accept"),
    Road("C03", 240_000, 12, "I take option 1"),
    Road("C07", 100_000, 24, "yes, I accept"),
)
MOST_TURNS = 40
MOST_QUESTIONS = 25  # a stream is kept for fifty turns
WATCHED_EVERY, ERASED_EVERY = 4, 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How many talk, how many of them at once, how long they think between two messages, what befalls the replicas."""

    sessions: int
    at_once: int
    thinking: float
    faults: Sequence[str]  # see `Torment`; one after the other, again from the first, while customers talk
    every: float = 2.0
    seed: int = 2026


@dataclass
class Conversation:
    """One customer's whole conversation and, for some, a second reader who watched it."""

    number: int
    person: Person
    customer: Customer
    watched: Reading | None = None
    whole: Reading | None = None  # the whole stream, read at the very end
    session: Json = field(default_factory=dict)
    transcript: list[Json] = field(default_factory=list)
    letter: bytes = b""
    erased: bool = False
    gave_up: str = ""


@dataclass
class Outcome:
    """All that customers, the bureau and the carriers can tell."""

    conversations: list[Conversation]
    pulls: list[str]
    mails: list[Path]
    suffered: Counter[str]
    served: dict[int, int]
    exits: list[float]  # seconds from SIGTERM to the end
    logs: list[Path]
    seconds: float

    def summary(self) -> str:
        said = sum(len(one.customer.said) for one in self.conversations)
        retries = sum(one.customer.retries for one in self.conversations)
        events = sum(len(one.whole.frames) for one in self.conversations if one.whole)
        faults = ", ".join(f"{times} x {fault}" for fault, times in sorted(self.suffered.items()))
        return (
            f"{len(self.conversations)} sessions, {said} messages, {events} events, {faults}; {retries} retries of "
            f"clients; {self.seconds:.0f} s"
        )


async def trial(plan: Plan, stage: Stage, *, with_redis: bool, **environment: str) -> Outcome:
    """Raises NotHere."""
    redis = stage.redis() if with_redis else None
    persons, records = people(plan.sessions, ROADS)
    providers = stage.providers()
    providers.customers = {record["pan"]: OnRecord.model_validate(record) for record in records}
    more = provider_settings(providers.url) | environment
    async with several_replicas(stage, records, redis_url=redis.url if redis else None, **more) as replicas:
        return await _talked(plan, persons, replicas, providers, redis)


async def _talked(
    plan: Plan, persons: list[Person], replicas: Replicas, providers: ProvidersServer, redis: RedisServer | None
) -> Outcome:
    started = time.monotonic()
    chance, places = random.Random(plan.seed), asyncio.Semaphore(plan.at_once)
    conversations = [
        Conversation(
            number,
            person,
            Customer(replicas.balancer.url, TRANSPORTS[number // len(ROADS) % len(TRANSPORTS)], f"customer {number}"),
        )
        for number, person in enumerate(persons)
    ]
    async with Torment(plan.faults, plan.every, replicas.all, redis) as torment:
        talking = [_one(plan, random.Random(chance.random()), places, torment, one) for one in conversations]
        await asyncio.gather(*talking)
    await asyncio.gather(*(_afterwards(places, one) for one in conversations))
    return Outcome(
        conversations=conversations,
        pulls=providers.pulls,
        mails=replicas.mails(),
        suffered=torment.suffered,
        served=replicas.balancer.served,
        exits=torment.exits,
        logs=[replica.log for replica in replicas.all],
        seconds=time.monotonic() - started,
    )


async def _one(
    plan: Plan, chance: random.Random, places: asyncio.Semaphore, torment: Torment, conversation: Conversation
) -> None:
    async with places:
        customer, watching, number = conversation.customer, None, conversation.number
        try:
            await customer.begin()
            if number % WATCHED_EVERY == 0:
                conversation.watched = Reading(f"watcher of {number}")
                watching = asyncio.create_task(_watch(customer, conversation.watched, chance))
            await _to_the_letter(plan, chance, torment, conversation)
            if watching is not None:
                last = customer.said[-1].message_id
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                assert conversation.watched is not None
                await customer.read_up_to(last, conversation.watched)
        except GaveUp as error:
            conversation.gave_up = f"customer {number} over {customer.transport}: {error}"
        finally:
            if watching is not None:
                watching.cancel()


async def _to_the_letter(plan: Plan, chance: random.Random, torment: Torment, conversation: Conversation) -> None:
    """At one place of the road a customer goes on asking until one more fault has begun, each at another place."""
    customer, asks_at, waits_for = (
        conversation.customer,
        chance.randrange(1, 12),
        chance.randrange(len(plan.faults) + 1),
    )
    awaiting = (await customer.say("Hi"))["awaiting"]
    for turn in range(MOST_TURNS):
        if not awaiting and await _is_done(customer):
            await customer.say("thank you")
            return
        await asyncio.sleep(chance.uniform(0, plan.thinking))
        if turn == asks_at:
            await customer.say(chance.choice(QUESTIONS))
            for _ in range(MOST_QUESTIONS):
                if torment.begun >= waits_for:
                    break
                await asyncio.sleep(chance.uniform(0.5, 3))
                await customer.say(chance.choice(QUESTIONS))
        if chance.random() < 0.1:  # impatient: the last message once more, whatever came of it
            await customer.say_again(customer.said[-1])
        awaiting = (await _act(conversation, awaiting[0] if awaiting else ""))["awaiting"]
    raise GaveUp(f"is still asked for {awaiting}")


async def _is_done(customer: Customer) -> bool:
    return bool((await customer.get(""))["loan_application"].get("sanction_letter_url"))


async def _act(conversation: Conversation, awaited: str) -> Json:
    """`awaited` is empty while a provider does not answer, as seen by a replica that slept while it was asked."""
    person, customer = conversation.person, conversation.customer
    if not awaited:
        await asyncio.sleep(2)
        return await customer.say("Please try again")
    if awaited == "salary_slip":
        answer = await customer.upload(_slip(person))
        if customer.transport == "sse":  # the others read no events, or read these from their socket
            message_id = (await customer.get("/messages"))["messages"][-1]["message_id"]
            await customer.read_up_to(message_id, customer.reading)
        return answer
    return await customer.say(await customer.code() if awaited == "otp" else _words(person, awaited))


def _words(person: Person, awaited: str) -> str:
    return {
        "desired_amount": f"I need {person.road.amount}",
        "applicant_name": f"My name is {person.name}",
        "loan_term_months": f"{person.road.months} months",
        "purpose": "my sister's wedding",
        "consent": "yes, I agree",
        "pan": person.pan,
        "date_of_birth": f"{person.born:%d/%m/%Y}",
        "phone": person.phone,
        "slip_confirmation": "yes",
        "offer_decision": person.road.acceptance,
        "kfs_acknowledgement": "I acknowledge",
    }[awaited]


def _slip(person: Person) -> bytes:
    """No two are alike: one file used by two people would go to an officer."""
    employer, net_pay = "Golconda Pharma", 38_000 + int(person.phone[-3:])
    return salary_slip_pdf(name=person.name, employer=employer, net_pay=net_pay, month=date(2026, 11, 1))


async def _watch(customer: Customer, reading: Reading, chance: random.Random) -> None:
    """Follow the session as a second tab does, losing the connection now and then, until told to stop."""
    while True:
        frames_left = chance.randrange(1, 60)
        with contextlib.suppress(Exception):
            async with contextlib.aclosing(customer.events(reading.last_id)) as frames:
                async for frame in frames:
                    reading.add(frame)
                    frames_left -= 1
                    if not frames_left:
                        break
        await asyncio.sleep(chance.uniform(0.05, 0.4))


async def _afterwards(places: asyncio.Semaphore, conversation: Conversation) -> None:
    """What the customer finds when all is quiet again, and every answer asked for once more; some are erased then."""
    customer = conversation.customer
    if conversation.gave_up:
        await customer.close()
        return
    async with places:
        try:
            conversation.session = await customer.get("")
            conversation.transcript = (await customer.get("/messages"))["messages"]
            conversation.letter = await _letter(customer, conversation.session)
            await asyncio.gather(*(customer.say_again(told) for told in customer.said))
            conversation.whole = Reading("the whole stream")
            await customer.read_up_to(customer.said[-1].message_id, conversation.whole)
            if conversation.number % ERASED_EVERY == 0:
                conversation.erased = await customer.erase()
        except GaveUp as error:
            conversation.gave_up = f"afterwards: {error}"
        finally:
            await customer.close()


async def _letter(customer: Customer, session: Json) -> bytes:
    url = session["loan_application"].get("sanction_letter_url")
    if not url:
        return b""
    answer = await customer.http.get(url)
    return answer.content if answer.status_code == 200 else b""
