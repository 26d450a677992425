"""A hypothesis state machine over whole loans: customers, attackers, officers, faults, crashes, in any order.

One machine is one example: a fresh store, one customer that the providers know and another whose details can be
stolen, and up to forty acts. After every act the laws of `laws.py` are checked.
"""

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from server.access.principal import Officer
from server.cases.rules import Asked, NotAllowed
from server.routes.documents import as_claims
from server.store.cases import CaseRow
from server.store.sessions import UnknownSession
from server.turns.lanes import Submission
from tests.properties import corpus, laws
from tests.properties.laws import Heard
from tests.properties.world import CHECKER, MAKER, SENIOR, Json, World, copy_template
from tests.samples import LAYOUTS, salary_slip_pdf
from tests.simulation.people import AS_OF, STRATA, Person, person
from tools.documents.child import read_salary_slip
from tools.documents.slip import SlipReading
from tools.providers.simulated import Customer

SEEDS = st.integers(0, 2**16)
STAGES = ("nothing", "otp", "decided", "decided", "decided", "reviewed", "reviewed", "kfs_acknowledgement", "letter")
IN_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of the machine's own is made inside
CRASHES = (
    ("turns", "accept", "after"),
    ("turns", "finish", "before"),
    ("turns", "finish", "after"),
    ("history", "record", "after"),
    ("bureau", "pull", "before"),
    ("bureau", "pull", "after"),
    ("effects", "once", "before"),
    ("effects", "once", "after"),
    ("papers", "keep_key_facts", "after"),
    ("papers", "keep_letter", "before"),
    ("papers", "keep_letter", "after"),
)


class Counts(Counter[str]):
    """What a run did, for its report."""


COUNTS = Counts()


@lru_cache(maxsize=4096)
def slip_reading(name: str, employer: str, net: int, paid: date, layout: Any, gross: int | None) -> SlipReading:
    """Read from a real PDF, once for each."""
    gross_and_less = {} if gross is None else {"gross": gross, "deductions": gross // 10}
    made = salary_slip_pdf(name=name, employer=employer, net_pay=net, month=paid, layout=layout, **gross_and_less)
    return read_salary_slip(made, kind="pdf")


class LoanMachine(RuleBasedStateMachine):
    """`template` and `url` are set by whoever runs it: a migrated store to copy, or a Postgres server."""

    template: Path
    url: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()  # a Runner handles signals anew for every call
        base = IN_MEMORY if IN_MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="esoteric-properties-", dir=base))
        self.world: World | None = None
        self.erased = False
        self.letters_seen: set[str] = set()
        self.accepted: list[str] = []
        self.last: tuple[str, str] | None = None
        self.before: Json | None = None

    # -- beginning and end

    @initialize(
        number=st.integers(0, 40 * len(STRATA) - 1), seed=SEEDS, model=st.none() | SEEDS, stage=st.sampled_from(STAGES)
    )
    def begin(self, number: int, seed: int, model: int | None, stage: str) -> None:
        if self.url is not None:
            number, seed = self._unused(), seed
        rng = random.Random(seed)
        self.who: Person = person(number, rng)
        self.victim: Person = person(number + 1, rng)
        people = [Customer.model_validate(one.record) for one in (self.who, self.victim)]
        store = self.folder / "store"
        if self.url is None:
            copy_template(self.template, store)
        self.world = World(store, people, AS_OF, model, self.url)
        self._run(self.world.open())
        self.session_id = self._run(self.world.begin())
        self._look()
        known = Customer.model_validate(self.who.record).model_dump(mode="json")
        self.heard = Heard(self.who.truth, known)
        self.amount, self.months = self.who.amount, self.who.months
        COUNTS["examples"] += 1
        COUNTS[f"stratum {self.who.stratum}"] += 1
        COUNTS["with a hostile model" if model is not None else "without a model"] += 1
        self._go_to("decided" if stage == "reviewed" else stage)
        if stage == "reviewed" and self._waits_for_a_person:
            self.officers_settle_it(rng.choice((MAKER, SENIOR)), rng.random() < 0.2, 0)

    def _unused(self) -> int:
        """In a store that examples share, everybody is new."""
        COUNTS["people"] += 2
        return COUNTS["people"]

    def teardown(self) -> None:
        try:
            if self.world is not None:
                self._finish(self.world)
        finally:
            if self.world is not None:
                self._run(self.world.close())
            self._run(self.loop.shutdown_default_executor())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _finish(self, world: World) -> None:
        of = {} if self.erased else {self.session_id: self.heard}
        COUNTS["decisions replayed"] += self._run(laws.check_record(world, of, world.services.policy_of))
        if not self.erased:
            self._run(laws.check_transcript(world, self.session_id, self.accepted))
            status = self.view()["loan_application"]["status"]
            COUNTS[f"ended {status}"] += 1
        if world.model is not None:
            COUNTS["model readings"] += world.model.proposals
            COUNTS["model replies"] += world.model.writings

    # -- the customer

    @precondition(lambda self: self._speaks)
    @rule(times=st.integers(1, 5))
    def answer_truthfully(self, times: int) -> None:
        for _ in range(times):
            if not self._answer_next():
                return

    @precondition(lambda self: self._speaks)
    @rule(which=st.integers(0, 7))
    def answer_wrongly(self, which: int) -> None:
        awaiting = self.view()["awaiting"]
        other = self.victim.truth
        self.heard.pans |= {other["pan"], "AAAPL1234C"}
        wrong = {
            "otp": ("000000", "123456", "I did not get it", "resend"),
            "pan": (other["pan"], "ABCDE1234", "AAAPL1234C", "no"),
            "date_of_birth": ("01/01/1990", "31/02/1990", "yesterday"),
            "phone": (other["phone"], "12345", "9000000001"),
            "applicant_name": (f"My name is {other['name']}", "7777", "no"),
        }
        said = wrong.get(awaiting[0] if awaiting else "", ("no", "maybe", "I do not know", "-1", "0", "later"))
        self._say(said[which % len(said)])

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(corpus.HOSTILE + corpus.ASIDES))
    def talk(self, text: str) -> None:
        self._say(text)

    @precondition(lambda self: self._speaks)
    @rule(text=st.text(max_size=60))
    def babble(self, text: str) -> None:
        self._say(text.strip() or ".", agreed=True)  # whatever it means

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(corpus.WISHES))
    def wish(self, text: str) -> None:
        self._say(text, agreed=True)  # to a shown option it may be a choice

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(corpus.LIES_ABOUT_ONESELF))
    def lie(self, text: str) -> None:
        self.heard.incomes |= {900_000, 20_000, 100_000}
        self._say(text)

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(("yes, I accept", "I accept the offer", "haan theek hai", "I acknowledge", "yes")))
    def agree(self, text: str) -> None:
        self._say(text, agreed=True)

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(("the longer one", "the second one", "option 1", "the smaller one", "the cheaper one")))
    def choose(self, text: str) -> None:
        self._say(text, agreed=True)

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(("no", "I do not want it", "nahi chahiye")))
    def refuse(self, text: str) -> None:
        self._say(text)

    @precondition(lambda self: self._speaks)
    @rule(text=st.sampled_from(("cancel my application", "withdraw my application", "I want to talk to a human")))
    def leave(self, text: str) -> None:
        self._say(text)

    @precondition(lambda self: self._speaks)
    @rule()
    def start_over(self) -> None:
        self.heard.started_over = True
        self._say("start over")
        self.amount, self.months = self.who.amount, self.who.months

    @precondition(lambda self: self._speaks)
    @rule(
        purpose=st.sampled_from(("bureau_pull", "kyc", "data_use", "marketing", "model_processing")),
        given=st.booleans(),
    )
    def change_consent(self, purpose: str, given: bool) -> None:
        act = {"kind": "consent", "purpose": purpose, "given": given}
        self._turn(Submission(f"[Consent: {purpose}]", "api", str(uuid4()), act=act))

    @precondition(lambda self: self._speaks)
    @rule(
        forged=st.sampled_from((None, None, None, "name", "net", "arithmetic", "old", "future", "employer")),
        layout=st.sampled_from(LAYOUTS),
    )
    def upload(self, forged: str | None, layout: str) -> None:
        self._upload(forged, layout)

    @precondition(lambda self: self._speaks and self.last is not None)
    @rule()
    def send_the_last_message_again(self) -> None:
        assert self.last is not None and self.world is not None
        before = self._run(self.world.sessions.get(self.session_id))
        text, message_id = self.last
        self._run(self.world.send(self.session_id, Submission(text, "rest", message_id)))
        after = self._run(self.world.sessions.get(self.session_id))
        assert (after.view, after.message_count) == (before.view, before.message_count)
        COUNTS["acts"] += 1

    @precondition(lambda self: self._speaks)
    @rule(texts=st.lists(st.sampled_from(corpus.WISHES + corpus.ASIDES), min_size=2, max_size=3))
    def two_tabs_at_once(self, texts: list[str]) -> None:
        assert self.world is not None
        world, session_id = self.world, self.session_id

        async def both() -> None:
            submissions = [Submission(text, "rest", str(uuid4())) for text in texts]
            turns = [await world.runner.submit(session_id, one) for one in submissions]
            await asyncio.gather(*(turn.answer for turn in turns))
            self.accepted += [one.message_id or "" for one in submissions]

        # Two turns are judged as one: the first may find the offer lapsed, and the second renew it.
        self.heard.agreed = self.heard.started_over = True
        self._run(both())
        self._settle()

    # -- time, faults, crashes

    @precondition(lambda self: self._lives)
    @rule(days=st.sampled_from((1, 2, 3, 5, 16, 31, 62)))
    def days_pass(self, days: int) -> None:
        assert self.world is not None
        self.world.clock.forward(days)
        COUNTS["acts"] += 1

    @precondition(lambda self: self._lives)
    @rule(
        provider=st.sampled_from(("bureau", "bureau", "register", "records", "screening", "offers")),
        fault=st.sampled_from(("down", "lies", None, None)),
    )
    def provider_fault(self, provider: str, fault: str | None) -> None:
        assert self.world is not None
        self.world.stub.fault.pop(provider, None)
        if fault:
            self.world.stub.fault[provider] = fault
            COUNTS[f"fault {provider} {fault}"] += 1
        COUNTS["acts"] += 1

    @precondition(lambda self: self._speaks)
    @rule(at=st.sampled_from(CRASHES), times=st.integers(1, 3))
    def crash_and_resume(self, at: tuple[str, str, str], times: int) -> None:
        assert self.world is not None
        self.world.armed.at = at
        for _ in range(times):
            if not self._answer_next():
                break
        self.world.armed.at = None
        if self.world.deaths:
            COUNTS["crashes"] += 1

    # -- officers

    @precondition(lambda self: self._waits_for_a_person)
    @rule(
        act=st.sampled_from(("approve", "approve", "approve", "decline", "ask", "own", "same person confirms")),
        who=st.sampled_from((MAKER, SENIOR)),
    )
    def officer(self, act: str, who: Officer) -> None:
        case = self._case()
        if case is None or self.world is None:
            return
        desk = self.world.desk
        if act == "own":
            own = type(who)(who.name, who.roles, who.limit_rupees, who.sign_in_id, frozenset(case.refs))
            self._refused(case, own, self._approval(case))
            return
        if act == "same person confirms":
            if case.state == "awaiting_second":
                proposer = next(
                    a.officer for a in reversed(self._run(desk.cases.acts(case.case_id))) if a.act == "approve"
                )
                if proposer == SENIOR.name:
                    self._refused(case, SENIOR, Asked("confirm", "reason", case.version, str(uuid4())))
            return
        if case.state == "awaiting_second":
            self._act(case, CHECKER, Asked("confirm", "Agreed.", case.version, str(uuid4())))
            return
        if act == "approve":
            if desk.rules.needs(case) == "impossible":
                self._refused(case, who, Asked("approve", "reason", case.version, str(uuid4())))
                return
            two = desk.rules.needs_two(case, who)
            after = self._act(case, who, self._approval(case))
            assert (after.state == "awaiting_second") == two
            return
        question = "Which month is the slip of?" if act == "ask" else None
        if act == "ask" and case.state != "open":
            return
        self._act(case, who, Asked(act, "Looked at it.", case.version, str(uuid4()), question=question))  # type: ignore[arg-type]

    @precondition(lambda self: self._waits_for_a_person)
    @rule(who=st.sampled_from((MAKER, SENIOR)), decline=st.booleans(), times=st.integers(0, 4))
    def officers_settle_it(self, who: Officer, decline: bool, times: int) -> None:
        """To its end: proposed, confirmed where it takes two, and the customer goes on."""
        case = self._case()
        if case is None or self.world is None:
            return
        rules = self.world.desk.rules
        if case.state == "awaiting_second":
            self._act(case, CHECKER, Asked("confirm", "Agreed.", case.version, str(uuid4())))
        elif decline or rules.needs(case) == "impossible":
            self._act(case, who, Asked("decline", "Looked at it.", case.version, str(uuid4())))
        else:
            after = self._act(case, who, self._approval(case))
            if after.state == "awaiting_second":
                assert self.view()["loan_application"]["status"] == "under_review"
                self._act(after, CHECKER, Asked("confirm", "Agreed.", after.version, str(uuid4())))
        for _ in range(times):
            if not self._answer_next():
                return

    def _approval(self, case: CaseRow) -> Asked:
        assert self.world is not None
        rules = self.world.desk.rules
        needs = rules.needs(case)
        waive = tuple(found.rule for found in rules.findings(case) if found.waiver) if needs == "waive" else ()
        attest, slip = needs == "attest", needs == "slip"
        return Asked("approve", "Fine.", case.version, str(uuid4()), waive, attest, another_slip=slip)

    def _refused(self, case: CaseRow, who: Any, asked: Asked) -> None:
        assert self.world is not None
        try:
            self._run(self.world.desk.act(case, who, asked))
        except NotAllowed:
            COUNTS["officers refused"] += 1
            self._settle()
            return
        raise AssertionError(f"{who.name} was let {asked.act}")

    def _act(self, case: CaseRow, who: Any, asked: Asked) -> CaseRow:
        assert self.world is not None
        self.heard.acted = True
        if asked.waive or asked.act == "confirm":
            self.heard.waived = True
        if asked.attest or asked.act == "confirm":
            self.heard.attested = True
        if asked.act == "confirm" and case.amount > who.limit_rupees:
            self._refused(case, who, asked)
            return case
        after, _ = self._run(self.world.desk.act(case, who, asked))
        COUNTS[f"officer {asked.act}"] += 1
        self._settle()
        return after

    def _case(self) -> CaseRow | None:
        assert self.world is not None
        found, _ = self._run(self.world.cases.queue(("open", "asked", "awaiting_second"), 50, 0))
        return next((case for case in found if case.session_id == self.session_id), None)

    # -- forgetting

    @precondition(lambda self: self._lives and self.view()["loan_application"]["status"] != "initiated")
    @rule(really=st.integers(0, 3))
    def erase(self, really: int) -> None:
        if really or self.world is None:
            return
        self._run(self.world.erase(self.session_id))
        self.erased = True
        COUNTS["erased"] += 1
        if self.url is not None:
            return
        needles = [self.who.record["pan"], self.who.record["phone"], self.who.record["email"], self.who.record["dob"]]
        for file in (self.folder / "store").rglob("*"):
            data = file.read_bytes() if file.is_file() else b""
            for needle in filter(None, needles):
                assert str(needle).encode() not in data, (file.name, "still holds what was erased")

    @precondition(lambda self: self.erased)
    @rule(text=st.sampled_from(corpus.ASIDES))
    def knock_at_what_is_gone(self, text: str) -> None:
        assert self.world is not None
        try:
            self._run(self.world.send(self.session_id, Submission(text, "rest", str(uuid4()))))
        except UnknownSession:
            return
        raise AssertionError("a session that was erased answers")

    # -- how it is done

    @property
    def _lives(self) -> bool:
        return self.world is not None and not self.erased

    _speaks = _lives

    @property
    def _waits_for_a_person(self) -> bool:
        return self._lives and self.view()["loan_application"]["status"] == "under_review"

    def view(self) -> Json:
        """What the outside may see of the conversation, as of the last act."""
        return self._view

    def _look(self) -> None:
        assert self.world is not None
        self._view: Json = self._run(self.world.sessions.get(self.session_id)).view

    def _go_to(self, stage: str) -> None:
        """The ordinary way, told in few messages, up to where this example begins."""
        if stage == "nothing":
            return
        truth = self.who.truth
        self._say(f"I need {self.amount} rupees for {self.months} months for a wedding, my name is {truth['name']}")
        until = stage if stage in {"otp", "kfs_acknowledgement"} else ""
        for _ in range(24):
            awaiting = self.view()["awaiting"]
            if not awaiting or awaiting[0] == until:
                return
            if stage == "decided" and self.view()["loan_application"]["credit_eligibility"] != "pending":
                return
            if not self._answer_next():
                return

    def _answer_next(self) -> bool:
        """What the customer truthfully says to what is awaited first; false when nothing is."""
        awaiting = self.view()["awaiting"]
        if not awaiting:
            return False
        wanted, truth = awaiting[0], self.who.truth
        match wanted:
            case "salary_slip":
                self._upload(None, "table")
                return True
            case "otp":
                assert self.world is not None
                code = self._run(self.world.code(self.session_id))
                self.heard.right_code = True
                self._say(code or "resend")
                return True
            case "pan" | "date_of_birth" | "phone":
                born = date.fromisoformat(truth["dob"]).strftime("%d/%m/%Y")
                self.heard.pans.add(truth["pan"])
                self._say(f"{truth['pan']}, {born}, {truth['phone']}")
                return True
            case "monthly_income":
                self.heard.incomes.add(truth["declared_income"] or 50_000)
        told = {
            "desired_amount": f"I need {self.amount} rupees",
            "applicant_name": f"My name is {truth['name']}",
            "loan_term_months": f"{self.months} months",
            "purpose": "for a wedding",
            "consent": "yes, I agree",
            "email": truth["email"] or "someone@example.com",
            "address": f"12 Lake Road, {truth['city']} {truth['pincode']}",
            "employment": "I am salaried",
            "employer": f"I work at {truth['employer'] or 'Northwind Software'}",
            "monthly_income": f"my net pay is {truth['declared_income'] or 50_000} a month",
            "household_annual_income": f"{truth['household_annual_income'] or 900_000} a year",
            "existing_emi": f"I pay {truth['existing_emi'] or 0} rupees a month",
            "slip_confirmation": "yes",
            "kyc_upgrade": "yes",
            "offer_decision": "yes, I accept",
            "kfs_acknowledgement": "I acknowledge",
        }
        self._say(told[wanted], agreed=wanted in {"offer_decision", "kfs_acknowledgement"})
        return True

    def _upload(self, forged: str | None, layout: str) -> None:
        assert self.world is not None
        truth, today = self.who.truth, self.world.clock.today()
        net = truth["net_income_on_file"] or truth["declared_income"] or 50_000
        name, employer, gross = truth["name"], truth["employer"] or "Northwind Software", None
        paid = today.replace(day=1) - timedelta(days=1)
        match forged:
            case "name":
                name = self.victim.truth["name"]
            case "net":
                net = net * 3
            case "arithmetic":
                gross = net * 2
            case "old":
                paid = today - timedelta(days=200)
            case "future":
                paid = today + timedelta(days=70)
            case "employer":
                employer = "Nowhere Ltd"
        self.heard.slips.add(net)
        reading = slip_reading(name, employer, net, paid.replace(day=1), layout, gross)
        claims = as_claims(reading, self.world.services)
        upload = {"document_id": str(uuid4()), "kind": "salary_slip", "reading": claims}
        self._turn(Submission("[Salary slip uploaded]", "upload", str(uuid4()), upload=upload))
        COUNTS[f"slip {forged or 'good'}"] += 1

    def _say(self, text: str, *, agreed: bool = False) -> None:
        message_id = str(uuid4())
        self.last = (text, message_id)
        self.heard.agreed = agreed
        self._turn(Submission(text, "rest", message_id))

    def _turn(self, submission: Submission) -> None:
        assert self.world is not None
        COUNTS["turns"] += 1
        answer = self._run(self.world.send(self.session_id, submission))
        self.accepted.append(submission.message_id or "")
        laws.check_reply(answer["message"], self.world)
        self._settle()

    def _settle(self) -> None:
        """The laws that are looked at after every act."""
        assert self.world is not None
        COUNTS["acts"] += 1
        self._look()
        state = self._run(self.world.state(self.session_id))
        application = state.get("application")
        if application is None:
            return
        public = self.view()["loan_application"]
        policy = self.world.services.policy_of(application.get("decision"))
        laws.check_move(self.before, public, self.heard)
        laws.check_offer(public, self.heard.known, policy, self.heard.known["score"])
        self._check_sources(application)
        if public["sanction_letter_url"] or public.get("refusal_letter_url"):
            own = {self.who.truth["name"], application["applicant_name"]}
            COUNTS["letters read"] += self._run(laws.check_papers(self.world, self.session_id, self.letters_seen, own))
        if decision := application.get("decision"):
            laws.check_decision(decision, self.heard, self.world.services.policy_of(decision))
            COUNTS[f"decision {decision['decision']}"] += 0 if self.before == public else 1
        self.before = public
        self.heard.agreed = self.heard.acted = self.heard.started_over = False

    def _check_sources(self, application: Json) -> None:
        """L7: identity from the customer's own words and the register, income from records and papers."""
        assert self.world is not None
        if application["kyc_verified"]:
            assert self.heard.right_code, "verified without the code that was sent"
            assert application["pan"] in self.heard.pans
        if application["pan"] is not None:
            assert application["pan"] in self.heard.pans
        if slip := application["salary_slip"]:
            assert slip["net_pay"] in self.heard.slips
        report = application["credit_report"]
        if report is not None:
            known = self.heard.known
            assert (report["score"], report["existing_emi"]) == (known["score"], known["existing_emi"] or 0)

    def _run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)
