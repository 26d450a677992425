"""Gates and routes as pure functions: whatever a developer writes into the state, the way to money stays shut."""

from typing import Any

import pytest

from agents.application import Application, new_application
from graph.gates import may_issue_letter, may_sanction, may_underwrite
from graph.loan import builder
from graph.routes import after_kyc, after_sales, after_sanction, after_underwriting, desk_in_charge
from graph.state import LoanState

CONSENTS = [
    {"purpose": purpose, "at": "", "channel": "", "text_key": ""} for purpose in ("data_use", "kyc", "bureau_pull")
]
NEED = {"applicant_name": "Diya Nair", "desired_amount": 200000, "loan_term_months": 24, "purpose": "Travel"}
VERIFIED = {
    **NEED,
    "consents": CONSENTS,
    "kyc_verified": True,
    "status": "credit_check_pending",
    "customer": {
        "email": "d@example.com",
        "employment": "salaried",
        "employer": "X",
        "declared_income": 1,
        "household_annual_income": 1,
        "existing_emi": 0,
        "address_ok": True,
    },
}
OFFER = {"offer_id": "A", "amount": 200000, "months": 24}
APPROVAL = {"decision": "APPROVE", "amount": 200000, "months": 24}
ACCEPTED = {**VERIFIED, "status": "offer_accepted", "offer": OFFER, "decision": APPROVAL}
ACKNOWLEDGED = {**ACCEPTED, "key_facts": {"offer_id": "A", "acknowledged_at": "2026-12-01T10:00:00+00:00"}}


def application(**fields: Any) -> Application:
    return Application(**{**new_application("EF-1", "2026-12-01"), **fields})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("fields", "desk"),
    [
        ({}, "sales"),
        (NEED, "kyc"),
        ({**NEED, "kyc_verified": True, "status": "credit_check_pending"}, "kyc"),  # verified by an edit, no consent
        (VERIFIED, "underwriting"),
        ({**VERIFIED, "customer": {**VERIFIED["customer"], "employer": None}}, "sales"),
        (ACCEPTED, "sanction"),
        ({**ACCEPTED, "decision": None}, "underwriting"),  # an offer that no decision stands behind
        ({**ACCEPTED, "decision": {**APPROVAL, "amount": 100000}}, "underwriting"),  # … or another one
        ({**ACKNOWLEDGED, "status": "rejected"}, None),
    ],
)
def test_whose_move_it_is(fields: dict[str, Any], desk: str | None) -> None:
    assert desk_in_charge(application(**fields)) == desk


def test_gates_open_only_in_order() -> None:
    assert not may_underwrite(application(kyc_verified=True))
    assert not may_underwrite(application(consents=CONSENTS))
    assert not may_underwrite(application(consents=CONSENTS[:1], kyc_verified=True))
    assert may_underwrite(application(**VERIFIED))
    assert not may_sanction(application(**{**ACCEPTED, "status": "offer_made"}))
    assert not may_sanction(application(**{**ACCEPTED, "kyc_verified": False}))
    assert may_sanction(application(**ACCEPTED))
    assert not may_issue_letter(application(**ACCEPTED))
    assert not may_issue_letter(application(**{**ACKNOWLEDGED, "offer": {**OFFER, "offer_id": "B"}}))
    assert may_issue_letter(application(**ACKNOWLEDGED))


def test_routes_follow_the_desk() -> None:
    def state(fields: dict[str, Any]) -> LoanState:
        return LoanState(application=application(**fields))

    assert after_sales(state(NEED)) == "kyc"
    assert after_sales(state({})) == "reply"
    assert after_kyc(state(VERIFIED)) == "underwriting"
    assert after_kyc(state(NEED)) == "reply"
    assert after_underwriting(state(ACCEPTED)) == "sanction"
    assert (
        after_underwriting(state({**VERIFIED, "decision": APPROVAL, "status": "offer_made", "offer": OFFER})) == "reply"
    )
    assert after_sanction(state(ACCEPTED)) == "reply"
    assert after_sanction(state(ACKNOWLEDGED)) == "letter"


def test_the_drawing_shows_every_way() -> None:
    """Studio draws the edges from the `Literal` returns."""
    drawn = {(edge.source, edge.target) for edge in builder().compile().get_graph().edges}
    assert {("kyc", "underwriting"), ("underwriting", "sanction"), ("sanction", "letter"), ("letter", "reply")} <= drawn
    assert ("kyc", "sanction") not in drawn
    assert ("sales", "letter") not in drawn
