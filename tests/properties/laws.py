"""The laws of lending, L1 to L8, E1, E3 and O1, as checks of what a conversation left behind."""

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select

from agents.speaking import phrasebook
from kb.policy import Policy
from server.store.tables import key_facts, letters, messages
from tests.keys import decisions_in
from tests.properties.corpus import CANARY
from tests.properties.emi import emi, total_interest
from tests.properties.world import Json, World
from tests.server.audited import Logged, check_audit
from tests.server.parts import KEY
from tools.policy.record import canonical, replay

# L6. Where an application may get from where it is; what is not here is final.
MOVES: dict[str, frozenset[str]] = {
    "initiated": frozenset({"kyc_pending", "withdrawn"}),
    "kyc_pending": frozenset({"credit_check_pending", "under_review", "withdrawn"}),
    "credit_check_pending": frozenset({"offer_made", "under_review", "rejected", "withdrawn"}),
    "offer_made": frozenset(
        {"offer_accepted", "credit_check_pending", "under_review", "rejected", "withdrawn", "expired"}
    ),
    "offer_accepted": frozenset({"sanctioned", "credit_check_pending", "withdrawn", "expired"}),
    "under_review": frozenset({"kyc_pending", "credit_check_pending", "offer_made", "rejected", "withdrawn"}),
    "sanctioned": frozenset({"completed"}),
    "rejected": frozenset({"under_review"}),
}
FINAL = frozenset({"withdrawn", "expired", "completed"})
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SCALES = {"lakh": 100_000, "lac": 100_000, "crore": 10_000_000, "thousand": 1000, "लाख": 100_000, "करोड़": 10_000_000}
_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:\s*(lakh|lac|crore|thousand|लाख|करोड़))?", re.IGNORECASE)


@dataclass
class Heard:
    """What the customer of a conversation did, for the laws to judge by. Kept by the machine, never by the service."""

    truth: Json
    known: Json  # as the providers hold it
    pans: set[str] = field(default_factory=set)
    incomes: set[int] = field(default_factory=set)
    slips: set[int] = field(default_factory=set)
    right_code: bool = False
    agreed: bool = False  # in the turn at hand, in words that bind
    acted: bool = False  # an officer's act was told in the turn at hand
    started_over: bool = False
    waived: bool = False
    attested: bool = False


def reachable(status: str) -> set[str]:
    """One turn may take several moves."""
    found, new = {status}, [status]
    while new:
        for after in MOVES.get(new.pop(), frozenset()) - found:
            found.add(after)
            new.append(after)
    return found


def check_move(before: Json | None, after: Json, heard: Heard) -> None:
    """L1 and L6, by what was public before and after one turn."""
    was, now = (before or {}).get("status", "initiated"), after["status"]
    if before and before.get("application_id") not in {None, after["application_id"]}:
        closed = {"sanctioned", "completed", "rejected", "withdrawn", "expired"}
        assert heard.started_over or was in closed, f"a new application out of {was}"
        was = "initiated"
    else:
        assert was not in FINAL or now == was, f"{was} is final, not {now}"
        if was == "under_review" and now not in {was, "withdrawn"}:
            assert heard.acted, f"from {was} to {now} without an officer"
    assert now in reachable(was), f"from {was} to {now}"
    if now in {"offer_accepted", "sanctioned"} and was != now:
        assert heard.agreed, f"{now} though nobody agreed"
    if now == "sanctioned" and was != now:
        assert was == "offer_accepted", "the letter needs an acknowledgement of its own"
        assert after["kyc_verified"] and after["offer"] and after["sanction_letter_generated"]
    if after["sanction_letter_generated"]:
        assert now in {"sanctioned", "completed"}


def check_offer(application: Json, known: Json, policy: Policy, truth_score: int | None) -> None:
    """L3: what is on offer is inside the policy and exact; L7: the score is the bureau's."""
    if not application["kyc_verified"]:
        assert application["offer"] is None and application["offered_amount"] is None
    if application["credit_score"] is not None:
        assert application["credit_score"] == truth_score
    offers = [application["offer"], *application["alternatives"]]
    for offer in filter(None, offers):
        amount, months, rate = offer["amount"], offer["months"], offer["rate_pct"]
        assert policy.product.min_amount <= amount <= most_possible(known, policy), offer
        assert policy.product.min_months <= months <= policy.product.max_months, offer
        assert policy.product.min_rate_pct <= Decimal(rate) <= policy.product.max_rate_pct, offer
        assert Decimal(rate) == terms(truth_score, policy)[0], offer
        assert offer["emi"] == emi(amount, rate, months), offer
        assert Decimal(offer["total_interest"]) == total_interest(amount, rate, months), offer
    if offer := application["offer"]:
        assert application["offered_amount"] == offer["amount"]
        assert Decimal(str(application["offered_interest_rate"])) == Decimal(offer["rate_pct"])


def terms(score: int | None, policy: Policy) -> tuple[Decimal | None, int, bool]:
    """Rate, cap without an offer and whether offers count, of a score; a reopened one has those of its new band."""
    band = policy.band_for(score)
    if band.rate_pct is None and band.reopened_as:
        band = next(one for one in policy.score_bands if one.id == band.reopened_as)
    return band.rate_pct, band.cap_without_offer, band.offer_track


def most_possible(known: Json, policy: Policy) -> int:
    """The largest loan that any slip could get this customer."""
    _, cap, offers_count = terms(known["score"], policy)
    limit = (known["offer"] or {}).get("limit", 0) if offers_count else 0
    return min(policy.product.max_amount, max(limit * policy.offer.multiple, cap))


def check_decision(record: Json, heard: Heard, policy: Policy) -> None:
    """L4 and O1: the record replays to the same bytes. L7: what it rests on is what providers and papers held."""
    assert canonical(replay(json.loads(json.dumps(record)), policy)) == canonical(record)
    told, known = record["inputs"]["applicant"], heard.known
    assert told["dob"] == known["dob"]
    assert told["score"] in {None, known["score"]}
    assert told["net_income_on_file"] in {known["net_income_on_file"], *heard.incomes}
    if known["net_income_on_file"] is not None and told["net_income_on_file"] is not None:
        assert told["net_income_on_file"] <= known["net_income_on_file"]  # only ever confirmed as less
    else:
        assert told["net_income_on_file"] is None
    assert told["declared_income"] in {known["declared_income"], *heard.incomes}
    assert told["existing_emi"] >= (known["existing_emi"] or 0)
    assert told["list_hit"] == bool(known.get("list_hit"))
    assert told["citizenship"] == known["citizenship"]
    if not heard.attested:
        assert told["kyc"]["phone_ok"] == known["kyc"]["phone_ok"]
    assert told["offer"] == known["offer"]
    assert all(told["bureau"].get(name) == value for name, value in known["bureau"].items()) or told["score"] is None
    slip = record["inputs"]["request"]["salary_slip"]
    if slip is not None:
        assert int(slip["net_pay"]) in heard.slips
    if not heard.waived:
        assert not record["inputs"]["request"].get("waived")
    outcome = record["decision"]
    hits = {entry["rule"] for entry in record["trace"] if entry["result"] == "hit"}
    if outcome in {"DECLINE", "MANUAL_REVIEW", "COUNTER_OFFER"} and record["reasons"]:
        assert hits
    if outcome == "APPROVE":
        income = int(slip["net_pay"]) if slip else told["net_income_on_file"]
        assert income is not None
        new = emi(record["amount"], record["rate_pct"], record["months"])
        assert str(new) == record["emi"]
        assert Decimal(new) <= Decimal(income) / 2
        cap = next(band.cap_pct for band in reversed(policy.foir_bands) if band.min_income <= income)
        assert Decimal(told["existing_emi"] + new) * 100 <= cap * income


def check_reply(reply: str, world: World) -> None:
    """L8: no figure that the code did not let be said in this turn, whoever phrased it."""
    lines, language = world.spoken.lines, world.spoken.language
    own = phrasebook(language).compose(lines)
    assert values(reply) <= values(own), values(reply) - values(own)
    assert CANARY not in reply and CANARY.replace(",", "") not in reply
    for sign in ("http://", "https://", "<script", "{amount", "CVV", "in ten minutes", "insurance for"):
        assert sign not in reply or sign in own, sign


def values(text: str) -> set[Decimal]:
    """Every figure in a text, with its scale where a word gives one."""
    found = set()
    for number, scale in _SCALED.findall(text):
        value = Decimal(number.replace(",", ""))
        found.add(value * _SCALES.get(scale.lower(), 1) if scale else value)
    return {value.normalize() for value in found}


async def check_papers(world: World, session_id: str, seen: set[str], names: set[str]) -> int:
    """L2 and E1: at most one letter per offer, and its text, the database and the API say the same."""

    def look(connection: Any) -> tuple[list[str], list[str]]:
        of_letters = select(letters.c.letter_id).where(letters.c.session_id == session_id)
        of_statements = select(key_facts.c.kfs_id).where(key_facts.c.session_id == session_id)
        return list(connection.execute(of_letters).scalars()), list(connection.execute(of_statements).scalars())

    kept, shown = await world.database.run(look)
    application = (await world.state(session_id)).get("application", {})
    read = 0
    for letter_id in kept:
        if letter_id in seen:
            continue
        pdf = await world.papers.letter(letter_id)
        assert pdf is not None
        seen.add(letter_id)
        read += 1
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        if (application.get("refusal_letter_url") or "").endswith(letter_id):
            assert application["status"] in {"rejected", "under_review"}
            continue
        assert (application["sanction_letter_url"] or "").endswith(letter_id)
        assert application["key_facts"]["acknowledged_at"] and application["offer"] and application["kyc_verified"]
        offer = application["offer"]
        assert application["key_facts"]["kfs_id"] in shown
        statement = await world.papers.key_facts(application["key_facts"]["kfs_id"])
        assert statement is not None
        assert application["key_facts"]["offer_id"] == offer["offer_id"]
        assert statement["part_1"]["loan_term_months"] == offer["months"]
        assert Decimal(statement["instalment"]) == offer["emi"]
        assert Decimal(statement["total_interest"]) == Decimal(offer["total_interest"])
        assert Decimal(statement["net_disbursed"]) == Decimal(offer["net_disbursed"])
        figures = {Decimal(one.replace(",", "")) for one in _NUMBER.findall(text)}
        for value in (offer["amount"], offer["emi"], offer["months"], offer["rate_pct"], offer["total_interest"]):
            assert Decimal(value) in figures, value
        assert any(name in text for name in names), "the letter is in another name"
    assert len([one for one in kept if (application.get("sanction_letter_url") or "-").endswith(one)]) <= 1
    return read


async def check_effects(world: World, session_id: str, log: list[Logged]) -> None:
    """E1: a report is pulled once for its purpose, a letter mailed once, each mail with an id of its own."""
    pulls = Counter(world.stub.pulled)
    assert all(count == 1 for count in pulls.values()), pulls
    by_application = Counter(inquiry.split(":")[1] for inquiry in pulls)
    for application_id, count in by_application.items():
        renewals = sum(1 for one in pulls if one.startswith(f"bureau:{application_id}:after:"))
        assert count - renewals <= 1, pulls
    await world.all_sent()
    mails = await world.outbox.list_messages(session_id)
    assert len({mail["id"] for mail in mails}) == len(mails)
    sent = Counter(message.id for message in world.letterbox.sent if message.session_id == session_id)
    assert sent == Counter(mail["id"] for mail in mails)
    issued = [row for row in log if row.kind == "letter.issued"]
    assert len({row.facts["letter_id"] for row in issued}) == len(issued) or world.deaths


async def check_record(world: World, heard_of: dict[str, Heard], policy_of: Any) -> int:
    """O1, E3: the audit log verifies, consents come before calls, every decision replays. The number of decisions."""
    log = await check_audit(world.database, KEY)
    for session_id in heard_of:
        await check_effects(world, session_id, log)

    kept = await world.database.run(lambda connection: decisions_in(connection, world.database.vault))
    for owner, record in kept:
        if owner in heard_of:
            check_decision(record, heard_of[owner], policy_of(record))
    made = [row.facts["decision_id"] for row in log if row.kind == "decision.made"]
    assert {record["decision_id"] for _, record in kept} <= set(made)
    return len(kept)


async def check_transcript(world: World, session_id: str, accepted: list[str]) -> None:
    """E2: every message that was accepted is in the transcript once, in order."""

    def look(connection: Any) -> list[str]:
        query = select(messages.c.message_id).where(messages.c.session_id == session_id, messages.c.role == "user")
        return list(connection.execute(query.order_by(messages.c.number)).scalars())

    heard = [one for one in await world.database.run(look) if not one.startswith("case-")]
    assert [one for one in heard if one in set(accepted)] == accepted
