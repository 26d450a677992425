"""All providers in one, over a file of fictional customers. Nothing leaves the machine."""

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tools.providers.protocols import (
    BureauReport,
    CkycRecord,
    CustomerRecord,
    NoOutcome,
    PreapprovedOffer,
    Providers,
    RegisteredPerson,
    VideoOutcome,
)

REMEMBERED = 10_000  # pulls and calls, to be inquired about


class CustomersFileError(ValueError):
    """The customers file is not usable; the message names the place, never a value."""


class _Offer(BaseModel):
    limit: int
    valid_until: date


class _Kyc(BaseModel):
    mode: str = "otp_ekyc"
    phone_ok: bool = True
    address_ok: bool = True
    otp_loans_this_year: int = 0
    # What the official makes of each video call, in order; the last holds for all that follow.
    video: list[VideoOutcome] = Field(default_factory=lambda: list[VideoOutcome](["passed"]), min_length=1)
    ckyc_number: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = None
    ckyc_verified_on: date | None = None


class Customer(BaseModel):
    """One line of the customers file, in the shape of `customers` in `policy_cases.json`."""

    model_config = ConfigDict(extra="ignore")

    customer_id: str
    name: str
    dob: date
    phone: str
    pan: str
    email: str | None = None
    city: str | None = None
    pincode: str | None = None
    citizenship: str | None = "IN"
    employment: str | None = None
    employer: str | None = None
    months_current_employer: int | None = None
    months_total_employment: int | None = None
    declared_income: int | None = None
    net_income_on_file: int | None = None
    household_annual_income: int | None = None
    existing_emi: int | None = None
    score: int | None = None
    offer: _Offer | None = None
    kyc: _Kyc = Field(default_factory=_Kyc)
    bureau: dict[str, int] = Field(default_factory=dict)
    list_hit: bool = False


@dataclass(frozen=True)
class SimulatedProviders:
    """Register, records, offer mart, bureau, screening list and video KYC of the same fictional people."""

    by_pan: dict[str, Customer]
    by_id: dict[str, Customer]
    _did: OrderedDict[str, None] = field(default_factory=lambda: OrderedDict[str, None](), compare=False)

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> Self:
        known = list(customers)
        return cls({person.pan: person for person in known}, {person.customer_id: person for person in known})

    def providers(self) -> Providers:
        """Every provider there is, played by this one."""
        return Providers(
            register=self, records=self, offers=self, bureau=self, screening=self, video_kyc=self, ckyc=self
        )

    async def find(self, pan: str) -> RegisteredPerson | None:
        found = self.by_pan.get(pan)
        return RegisteredPerson(found.customer_id, found.name, found.dob, found.phone, found.pan) if found else None

    async def record(self, customer_id: str) -> CustomerRecord:
        customer = self.by_id.get(customer_id)
        if customer is None:
            return unknown_to_records(customer_id)
        return CustomerRecord(
            customer_id=customer_id,
            **customer.model_dump(include=set(CustomerRecord._fields) - {"customer_id"}),
            kyc_mode=customer.kyc.mode,
            phone_ok=customer.kyc.phone_ok,
            address_ok=customer.kyc.address_ok,
            otp_loans_this_year=customer.kyc.otp_loans_this_year,
        )

    async def offer(self, customer_id: str) -> PreapprovedOffer | None:
        customer = self.by_id.get(customer_id)
        offer = customer.offer if customer else None
        return PreapprovedOffer(offer.limit, offer.valid_until) if offer else None

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        self._note(inquiry)
        return self._report(pan)

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        return self._report(pan) if inquiry in self._did else "not_done"

    def _report(self, pan: str) -> BureauReport:
        """The file answers every inquiry about a person alike."""
        customer = self.by_pan.get(pan)
        if customer is None:
            return BureauReport(None, 0, {})  # nobody the bureau knows: new to credit
        return BureauReport(customer.score, customer.existing_emi or 0, dict(customer.bureau))

    async def is_listed(self, person: RegisteredPerson) -> bool:
        customer = self.by_id.get(person.customer_id)
        return customer is not None and customer.list_hit

    async def call(self, person_id: str, *, attempt: int) -> VideoOutcome:
        self._note(f"{person_id}:{attempt}")
        return self._outcome(person_id, attempt)

    async def outcome_of(self, person_id: str, *, attempt: int) -> VideoOutcome | NoOutcome:
        return self._outcome(person_id, attempt) if f"{person_id}:{attempt}" in self._did else "not_done"

    def _outcome(self, person_id: str, attempt: int) -> VideoOutcome:
        customer = self.by_id.get(person_id)
        if customer is None:
            return "failed"
        outcomes = customer.kyc.video
        return outcomes[min(attempt, len(outcomes)) - 1]

    async def fetch(self, pan: str) -> CkycRecord | None:
        customer = self.by_pan.get(pan)
        if customer is None or customer.kyc.ckyc_number is None or customer.kyc.ckyc_verified_on is None:
            return None
        return CkycRecord(customer.kyc.ckyc_number[-4:], customer.name, customer.dob, customer.kyc.ckyc_verified_on)

    def _note(self, act: str) -> None:
        self._did[act] = None
        if len(self._did) > REMEMBERED:
            self._did.popitem(last=False)


def unknown_to_records(customer_id: str) -> CustomerRecord:
    """Somebody the register knows and the lender's records do not: nothing is on file, nothing is confirmed."""
    nothing: dict[str, Any] = dict.fromkeys(CustomerRecord._fields)
    nothing |= {"kyc_mode": "otp_ekyc", "phone_ok": False, "address_ok": False, "otp_loans_this_year": 0}
    return CustomerRecord(**{**nothing, "customer_id": customer_id})


def packaged_customers() -> list[Customer]:
    """The eighteen fictional customers that come with the service, written for 2026-12-01."""
    return _customers(json.loads((files("tools.providers") / "customers.json").read_text(encoding="utf-8")))


def customers_from(path: Path) -> list[Customer]:
    """Customers of a JSON file: a list, or an object with a list under `customers`.

    Raises CustomersFileError.
    """
    try:
        return _customers(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CustomersFileError("the customers file cannot be read") from error
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise CustomersFileError(f"the customers file is wrong at {place}") from error
    except (ValueError, KeyError) as error:
        raise CustomersFileError("the customers file is not JSON with a list of customers") from error


def _customers(document: Any) -> list[Customer]:
    listed = document["customers"] if isinstance(document, dict) else document
    return TypeAdapter(list[Customer]).validate_python(listed)
