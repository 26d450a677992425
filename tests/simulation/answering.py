"""What a customer says or does about the field that is awaited, and what that adds to the ledger."""

import dataclasses
import random
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.samples import LAYOUTS, salary_slip_pdf
from tests.simulation.cast import NAMES
from tests.simulation.figures import day_of, mobile_of, sum_of, term_of
from tests.simulation.line import Answer
from tests.simulation.on_offer import OnOffer
from tests.simulation.oracle import Ledger
from tests.simulation.people import AS_OF
from tests.simulation.plans import LANGUAGES, Plan
from tests.simulation.profile import telling
from tests.simulation.speech import Speech
from tools.names import match_names
from tools.policy import SalarySlip

IDENTITY = ("pan", "date_of_birth", "phone")
IDENTITY_TRIES = 3
CODE_TRIES = 3
_WITH_A_QUESTION = frozenset({"desired_amount", "loan_term_months", "purpose", "employer", "monthly_income"})


class Answering:
    """`stated` are the facts of the message just made, as the application should read them after it."""

    def __init__(self, plan: Plan, ledger: Ledger, speech: Speech, rng: random.Random, victim: dict[str, Any]) -> None:
        self.plan, self.ledger, self.speech, self.rng = plan, ledger, speech, rng
        self.record, self.truth = plan.person.record, plan.person.truth
        self.victim = victim
        self.stated: dict[str, Any] = {}
        self.acknowledged = False
        self.uncertain = False  # a slip is uploaded and not yet confirmed
        self.on_offer = OnOffer(self)
        self._done: set[str] = set()
        self._consents_asked = 0
        self._names_tried = self._identities_tried = self._codes_tried = 0
        self._code = ""
        self._uploads = 0
        self._pending_slip: SalarySlip | None = None
        self._relents = rng.random() < 0.5
        self._refuses_consent_at = rng.randrange(2)
        self._restore = False
        self._again: dict[str, Any] = {}

    def opening(self) -> str:
        self.stated = {}
        if not (self.plan.several_at_once or self.plan.conduct == "out_of_order"):
            return self.speech.phrase("hello")
        parts = [self._amount_said(plain=False), self._term_said(plain=False)]
        if self.rng.random() < 0.5:
            parts.append(self._purpose_said(plain=False))
        if self.rng.random() < 0.4 and self.plan.conduct != "wrong_name":
            parts.append(self.speech.phrase("applicant_name", value=self.state("applicant_name", self.record["name"])))
        if self.plan.conduct == "out_of_order":
            parts.append(self._identity(list(IDENTITY), plain=False, at_once=True))
        self.rng.shuffle(parts)
        return ". ".join(parts)

    def respond(self, awaiting: list[str], last: Answer, repeats: int) -> str | bytes | None:
        """The next message or upload; None to say nothing more."""
        self.stated = {}
        wanted = awaiting[0]
        if again := self._say_again():
            return again
        if self._restore:
            self._restore = False
            return self.change_amount(self.plan.person.amount)
        if aside := self._aside(wanted):
            return aside
        plain = repeats > 1
        if wanted in {"pan", "date_of_birth", "phone"}:
            return self._identity(awaiting, plain=plain)
        if wanted == "offer_decision":
            return self.on_offer.respond(awaiting, last)
        by_field: dict[str, Callable[[bool], str | bytes | None]] = {
            "desired_amount": lambda plain: self._amount_said(plain=plain),
            "applicant_name": self._name,
            "loan_term_months": lambda plain: self._term_said(plain=plain),
            "purpose": lambda plain: self._purpose_said(plain=plain),
            "consent": self._consent,
            "otp": self._otp,
            "salary_slip": lambda _: self.slip(),
            "slip_confirmation": self._confirm_slip,
            "kyc_upgrade": self._upgrade,
            "kfs_acknowledgement": self._acknowledge,
        }
        said = by_field[wanted](plain) if wanted in by_field else telling(self, wanted, plain=plain)
        if self.plan.conduct == "asks_and_answers" and wanted in _WITH_A_QUESTION and not plain:
            return f"{said}. {self.speech.phrase('question')}"
        return said

    def heard(self, answer: Answer, before: Answer) -> None:
        """What only the answer tells: that the code was taken; or that a new wish was not, and will be said again."""
        for slot in ("desired_amount", "loan_term_months"):
            old, now = before.application.get(slot), answer.application[slot]
            if slot in self.stated and old is not None and now == old != self.stated[slot]:
                self.ledger.said[slot] = old
                self._again = self.stated
        self.stated = {}
        if answer.application["kyc_verified"]:
            self.ledger.verified = True

    def code_needed(self) -> str | None:
        """Which code the next answer to `otp` holds."""
        if self.plan.conduct == "wrong_code_always":
            return "wrong"
        return "wrong" if self.plan.conduct == "wrong_code" and self._codes_tried < 1 + self._relents else "right"

    def note_code(self, code: str) -> None:
        self._code = code

    def change_amount(self, amount: int, *, plain: bool = False) -> str:
        value = sum_of(self.state("desired_amount", amount), self.plan.language, self.rng)
        return self.speech.phrase("change_amount", plain=plain, value=value)

    def slip(self) -> bytes | str | None:
        """The person's salary slip, or the one the plan brings instead."""
        if self.plan.conduct == "no_slip":
            if "no_slip" in self._done:
                return None
            self._done.add("no_slip")
            return self.speech.phrase("no_slip")
        self._uploads += 1
        truth, first = self.truth, self._uploads == 1
        name, paid = truth["name"], AS_OF.replace(month=11)
        declared = self.ledger.applicant().declared_income or truth["declared_income"] or 0
        net = truth["net_income_on_file"] or truth["declared_income"] or declared
        match self.plan.conduct:
            case "another_slip":
                name = next(other.full for other in NAMES if match_names(other.full, truth["name"]) == "mismatch")
            case "short_slip":
                net = declared * 70 // 100
            case "old_slip" if first:
                paid = AS_OF.replace(month=8)
        paid_on = paid.replace(day=28)
        self._pending_slip = SalarySlip(net, match_names(name, truth["name"]), (AS_OF - paid_on).days)
        self.uncertain = True
        return salary_slip_pdf(
            name=name, employer=truth["employer"], net_pay=net, month=paid, layout=self.rng.choice(LAYOUTS)
        )

    def state(self, slot: str, value: Any) -> Any:
        self.stated[slot] = self.ledger.said[slot] = value
        return value

    def _say_again(self) -> str | None:
        """A change of mind that was not taken note of, once more and plainly."""
        wish, self._again = self._again, {}
        if "desired_amount" in wish and "loan_term_months" not in wish and self._once("again"):
            return self.change_amount(wish["desired_amount"], plain=True)
        if "loan_term_months" in wish and "desired_amount" not in wish and self._once("again"):
            months = self.state("loan_term_months", wish["loan_term_months"])
            return self.speech.phrase("change_term", plain=True, value=term_of(months, self.plan.language, self.rng))
        return None

    def _amount_said(self, *, plain: bool) -> str:
        amount = self.plan.person.amount
        if self.plan.conduct == "too_little_first" and self._once("too_little"):
            amount = 30_000
        value = sum_of(self.state("desired_amount", amount), self.plan.language, self.rng)
        return self.speech.phrase("desired_amount", plain=plain, value=value)

    def _term_said(self, *, plain: bool) -> str:
        months = self.plan.person.months
        if self.plan.conduct == "too_little_first" and self._once("too_short"):
            months = 6
        value = (
            term_of(self.state("loan_term_months", months), self.plan.language, self.rng)
            if months != 6
            else (self._short_term())
        )
        return self.speech.phrase("loan_term_months", plain=plain, value=value)

    def _short_term(self) -> str:
        self.state("loan_term_months", 6)
        return {"en": "6 months", "hinglish": "6 mahine", "hi": "6 महीने"}[self.plan.language]

    def _purpose_said(self, *, plain: bool) -> str:
        said, reads = self.speech.purpose()
        self.state("purpose", reads)
        return self.speech.phrase("purpose", plain=plain, value=said)

    def _name(self, plain: bool) -> str:
        name = self.record["name"]
        if self.plan.conduct == "wrong_name" and self._names_tried < 1:
            name = next(other.full for other in NAMES if match_names(other.full, name) == "mismatch")
        if self.plan.conduct == "name_typo" and self._names_tried < 1:
            name = name[0] + name[2] + name[1] + name[3:]  # two letters swapped
        self._names_tried += 1
        typed = name.lower() if self.plan.habit == "unpunctuated" else name
        self.state("applicant_name", name)
        return self.speech.phrase("applicant_name", plain=plain, value=typed)

    def _consent(self, plain: bool) -> str:
        refuses = self.plan.conduct in {"no_consent", "consent_at_second"}
        at = self._consents_asked
        if refuses and at == self._refuses_consent_at and self._once("refused"):
            return self.speech.phrase("consent_no")
        if self.plan.conduct == "no_consent" and "refused" in self._done and self._once("refused twice"):
            self.ledger.withdrawn = True
            return self.speech.phrase("consent_no", plain=True)
        self._consents_asked += 1
        return self.speech.phrase("consent", plain=plain)

    def _identity(self, awaiting: list[str], *, plain: bool, at_once: bool = False) -> str:
        missing = [field for field in IDENTITY if field in awaiting]
        wrong = self.plan.conduct == "another_pan" and not (self._relents and self._identities_tried)
        pan = self.victim["pan"] if wrong else self.record["pan"]
        pan = pan.lower() if self.plan.habit == "unpunctuated" else pan
        values = {
            "pan": pan,
            "dob": day_of(date.fromisoformat(self.record["dob"]), self.plan.language, self.rng),
            "phone": mobile_of(self.record["phone"], self.rng),
        }
        if len(missing) == len(IDENTITY) and (at_once or self.rng.random() < 0.6):
            said = self.speech.phrase("identity", plain=plain, **values)
            missing = ["phone"]
        else:
            field = missing[0]
            value = values["dob" if field == "date_of_birth" else field]
            said = self.speech.phrase(field, plain=plain, value=value)
        if missing == ["phone"]:
            self._identities_tried += 1
            before = self.record["phone"] in self.ledger.phones.locked
            if before or (wrong and self._identities_tried >= IDENTITY_TRIES):
                self.ledger.lock()
        return said

    def _otp(self, plain: bool) -> str:
        if self.plan.conduct == "wrong_code" and self._once("resend"):
            return self.speech.phrase("resend")
        if self._code == "000000":
            self._codes_tried += 1
            if self._codes_tried >= CODE_TRIES:
                self.ledger.lock()
        return self.speech.phrase("otp", plain=plain, value=self._code)

    def _confirm_slip(self, plain: bool) -> str:
        self.ledger.slip, self.uncertain = self._pending_slip, False
        return self.speech.phrase("slip_confirmation", plain=plain)

    def _upgrade(self, plain: bool) -> str:
        cap = self.ledger.policy.kyc.otp_ekyc_annual_cap - self.record["kyc"].get("otp_loans_this_year", 0)
        if self.plan.upgrades_kyc or cap < self.ledger.policy.product.min_amount:
            self.ledger.kyc_mode = "vcip"
            return self.speech.phrase("kyc_upgrade", plain=plain)
        return (
            self.speech.phrase("kyc_upgrade_no") if self._once("no video") else self.change_amount(cap // 1000 * 1000)
        )

    def _acknowledge(self, plain: bool) -> str:
        if self.plan.conduct == "changes_at_the_end" and self._once("change"):
            return self.change_amount(max(50_000, self.ledger.said["desired_amount"] * 4 // 5 // 1000 * 1000))
        self.ledger.accepted = True
        if self.plan.temperament == "anxious" and self._once("not yet"):
            return self.speech.phrase("kfs_no")
        self.ledger.acknowledged = self.acknowledged = True
        return self.speech.phrase("kfs_acknowledgement", plain=plain)

    def _aside(self, wanted: str) -> str | None:
        """What the conduct has this customer say out of turn, once."""
        conduct, said, language = self.plan.conduct, self.ledger.said, self.plan.language
        early = wanted in {"consent", "pan", "date_of_birth", "phone"}
        if conduct == "changes_mind" and early and self._once("change"):
            return self._change_of_mind()
        if conduct == "switches_language" and early and self._once("language"):
            spoken = self.rng.choice([other for other in LANGUAGES if other != language])
            self.plan = dataclasses.replace(self.plan, language=spoken)
            self.speech = Speech(self.plan, self.rng)
        if conduct == "claims" and early and self._once("claim"):
            return self.speech.phrase(self.rng.choice(("claim_score", "claim_offer")))
        if conduct == "lies_about_income" and early and self._once("claim"):
            said["monthly_income"] = self.truth["declared_income"] * 9 // 5
            return self.speech.phrase("claim_income", value=sum_of(said["monthly_income"], language, self.rng))
        if conduct == "hostile" and early and self._once(f"hostile {wanted}"):
            return self.speech.phrase("hostile")
        if conduct == "hostile" and wanted == "offer_decision" and self._once("asks for all"):
            self._restore = True
            value = sum_of(self.state("desired_amount", 5_000_000), language, self.rng)
            return self.speech.phrase("hostile_asks", value=value)
        return None

    def _change_of_mind(self) -> str:
        kind = self.rng.choice(("amount", "amount", "term", "purpose"))
        if kind == "amount":
            return self.change_amount(self.rng.choice((60_000, 90_000, 150_000, 250_000, 350_000)))
        if kind == "term":
            months = self.state("loan_term_months", self.rng.choice((12, 24, 36, 48, 60)))
            return self.speech.phrase("change_term", value=term_of(months, self.plan.language, self.rng))
        self.state("purpose", "Medical")
        value = {"en": "medical treatment", "hinglish": "ilaaj", "hi": "इलाज"}[self.plan.language]
        return self.speech.phrase("change_purpose", value=value)

    def _once(self, deed: str) -> bool:
        if deed in self._done:
            return False
        self._done.add(deed)
        return True
