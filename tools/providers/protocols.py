"""What the service asks of others, and the shape of their answers. Money is whole rupees."""

from datetime import date
from typing import Literal, NamedTuple, Protocol


class ProviderUnavailable(Exception):
    """A provider did not answer, or not with anything usable. Carries the provider's name only."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is not available")
        self.provider = provider


class UnusableAnswer(ProviderUnavailable):
    """A provider answered with what cannot be believed: not in the agreed shape, or not about what was asked.

    Asking again would not help; a person has to look.
    """


class RegisteredPerson(NamedTuple):
    """A person as the identity register knows them."""

    customer_id: str
    name: str
    date_of_birth: date
    phone: str
    pan: str


class CustomerRecord(NamedTuple):
    """What the lender's own records hold; None is 'not on record'."""

    customer_id: str
    email: str | None
    city: str | None
    pincode: str | None
    citizenship: str | None
    employment: str | None
    employer: str | None
    months_current_employer: int | None
    months_total_employment: int | None
    declared_income: int | None
    net_income_on_file: int | None
    household_annual_income: int | None
    existing_emi: int | None
    kyc_mode: str
    phone_ok: bool
    address_ok: bool
    otp_loans_this_year: int


class PreapprovedOffer(NamedTuple):
    limit: int
    valid_until: date


class BureauReport(NamedTuple):
    """A credit report; `score` is None for somebody new to credit, `history` counts months and enquiries."""

    score: int | None
    existing_emi: int
    history: dict[str, int]


class CkycRecord(NamedTuple):
    """A record of the Central KYC registry; of its 14-digit number only the last four are kept."""

    number_end: str
    name: str
    date_of_birth: date
    verified_on: date


VideoOutcome = Literal["passed", "failed", "no_show", "busy"]

# What a provider says of an inquiry it has no answer to: it never had it, or it cannot tell any more.
NoOutcome = Literal["not_done", "not_known"]


class IdentityRegister(Protocol):
    async def find(self, pan: str) -> RegisteredPerson | None:
        """The person with this PAN; None when there is none. Raises ProviderUnavailable."""
        ...


class CustomerRecords(Protocol):
    async def record(self, customer_id: str) -> CustomerRecord: ...


class OfferMart(Protocol):
    async def offer(self, customer_id: str) -> PreapprovedOffer | None: ...


class CreditBureau(Protocol):
    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        """One inquiry: asking again under the same `inquiry` is answered from the first pull.

        Raises ProviderUnavailable, also when a pull is under way whose end is not known.
        """
        ...

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        """What became of a pull; this is none itself. Raises ProviderUnavailable, also while it is under way."""
        ...


class ScreeningList(Protocol):
    async def is_listed(self, person: RegisteredPerson) -> bool:
        """Whether the person may be on a sanctions list. Raises ProviderUnavailable."""
        ...


class VideoKyc(Protocol):
    async def call(self, person_id: str, *, attempt: int) -> VideoOutcome:
        """A live video call with an official of the lender, who checks liveness, place and card, and decides.

        `busy`: no official is free yet; `no_show`: the customer did not come. Raises ProviderUnavailable.
        """
        ...

    async def outcome_of(self, person_id: str, *, attempt: int) -> VideoOutcome | NoOutcome:
        """How a call ended, for whoever did not hear it. Raises ProviderUnavailable."""
        ...


class CkycRegistry(Protocol):
    async def fetch(self, pan: str) -> CkycRecord | None:
        """The Central KYC record of this PAN, fetched with the customer's consent. Raises ProviderUnavailable."""
        ...


class Providers(NamedTuple):
    """All of them; each may be simulated or remote."""

    register: IdentityRegister
    records: CustomerRecords
    offers: OfferMart
    bureau: CreditBureau
    screening: ScreeningList
    video_kyc: VideoKyc
    ckyc: CkycRegistry
