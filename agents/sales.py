"""Sales: greets, finds out what the customer needs, answers questions in the middle of anything, keeps the thread."""

from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import OWNER, PROFILE, awaiting
from agents.application import CLOSED, IDENTITY, Application, application_id_for, merge_application, new_application
from agents.calculation import estimate
from agents.conditions import contradicts_identity, without_decision
from agents.context import Context
from agents.speaking import Line, line
from agents.turn import TurnState, TurnUpdate, without
from kb.policy import Policy

NEED_FACTS = ("desired_amount", "loan_term_months", "purpose", "applicant_name")
PROFILE_FACTS = {field: declared for field, (declared, _) in PROFILE.items()} | {"address": "address"}
RANGES = ("desired_amount_range", "loan_term_months_range")
DECIDED_ON = {"desired_amount", "loan_term_months", "existing_emi_declared"}  # said anew, these undo a decision
REMARKS = ("stated_credit_score", "requested_rate_pct", "max_emi", "annual_income", "aadhaar_last4")


async def sales(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: answer what was asked, note what was said, and ask for the next of sales' own fields."""
    application, understood = state["application"], state["understood"]
    services = runtime.context.services
    facts = cast(dict[str, Any], understood.get("facts", {}))
    intent = understood.get("intent")
    said: list[Line] = []
    change = Application()

    match intent:
        case "question":
            said += await _answer(understood["text"], runtime.context)
        case "what_if":
            said += estimate(facts.get("what_if", {}), application, services.policy)
        case "human":
            change["human_requested"] = True
            said.append(line("sales.human", **services.desk))
        case "start_over":
            message_id = state["messages"][-1].id or ""
            today = services.clock.today().isoformat()
            change = new_application(application_id_for(message_id), today, application["language"])
            said.append(line("sales.start_over"))
            facts = {}
        case "withdraw" if application["status"] not in CLOSED or application["status"] == "under_review":
            change["status"] = "withdrawn"
            said.append(line("sales.withdrawn"))
        case "withdraw" if application["status"] in {"sanctioned", "completed"}:
            days = services.policy.periods.cooling_off_days
            said.append(line("sales.leave_the_loan", days=days, **services.desk))
        case "thanks" if application["status"] == "sanctioned":
            change["status"] = "completed"
            said.append(line("sales.goodbye"))
        case "greet" | "thanks" | "off_topic":
            said.append(line(f"sales.{intent}"))
        case "status":
            said.append(line(f"status.{application['status']}"))
        case "refuse" if understood.get("asked") and "confirm" not in facts:
            said.append(line(f"refuse.{understood['asked']}"))
        case "why" if application.get("decision") is None:
            asked = understood.get("asked")
            said.append(line(f"refuse.{asked}") if asked else line("sales.why_nothing_yet"))

    if application["status"] in CLOSED and intent != "start_over":
        if not said and not state.get("said") and intent != "why":
            said.append(line(f"status.{application['status']}"))
    elif intent not in {"start_over", "withdraw"}:
        change, noted = _note(facts, application, change, services.policy)
        said += noted
        said += _remarks(facts, application, services.policy)

    merged = merge_application(application, change)
    nothing_understood = intent in {"unclear", None} and not facts and not understood.get("upload")
    if nothing_understood and not said and not state.get("said"):
        said.append(line("sales.unclear"))
    fields = awaiting(merged)
    if fields and OWNER[fields[0]] == "sales" and not _already_asking([*state.get("said", []), *said]):
        said.append(line(f"ask.{fields[0]}", **_limits(services.policy)))
    identity = IDENTITY if application.get("kyc_verified") else ()
    slots = (*NEED_FACTS, *PROFILE_FACTS, *RANGES, *REMARKS, *identity, "what_if")
    used = without(understood, *slots, intent=intent != "why")
    return TurnUpdate(application=change, understood=used, said=[*state.get("said", []), *said])


async def _answer(question: str, context: Context) -> list[Line]:
    passages = [passage for passage in await context.services.knowledge.search(question, 2) if passage.relevant]
    if not passages:
        return [line("sales.no_answer", **context.services.desk)]
    keys = ("sales.answer", *["sales.answer_more"] * len(passages))
    return [line(key, text=found.text, source=found.source) for key, found in zip(keys, passages, strict=False)]


def _note(
    facts: dict[str, Any], application: Application, change: Application, policy: Policy
) -> tuple[Application, list[Line]]:
    """Record what was said of need and person, and what to say of it."""
    noted: dict[str, Any] = {}
    for slot in NEED_FACTS:
        value = as_phrase(facts[slot]) if slot == "purpose" and slot in facts else facts.get(slot)
        if value is not None and value != application.get(slot):
            noted[slot] = value
    said: list[Line] = []
    if application.get("kyc_verified") and contradicts_identity(facts, application):
        said.append(line("kyc.already_verified"))
    if application.get("kyc_verified"):
        noted.pop("applicant_name", None)
    declared_anew = _declared(facts, application)
    change = merge_application(change, cast(Application, declared_anew))
    if declared_anew and application.get("decision"):
        said.append(line("noted.detail"))
    said += [line(f"sales.which_{slot}", low=facts[slot][0], high=facts[slot][1]) for slot in RANGES if slot in facts]

    if DECIDED_ON & (noted.keys() | declared_anew.keys()) and application.get("decision"):
        change = merge_application(change, without_decision(application))
    if not noted:
        return change, said
    change = merge_application(change, cast(Application, noted))
    request = merge_application(application, change)
    problems = _problems(request, policy)
    change["to_correct"] = list(problems)
    return change, [*_acknowledge(noted, application, policy, problems), *problems.values(), *said]


def _declared(facts: dict[str, Any], application: Application) -> dict[str, Any]:
    """What the customer says of themselves that was not known; the EMI of what is on offer is none they already pay."""
    said = {declared: facts[slot] for slot, declared in PROFILE_FACTS.items() if slot in facts}
    offer = application.get("offer")
    offered = {option["emi"] for option in (*application.get("alternatives", []), *([offer] if offer else []))}
    if said.get("existing_emi_declared") in offered:
        del said["existing_emi_declared"]
    return {declared: value for declared, value in said.items() if value != application.get(declared)}


def _acknowledge(noted: dict[str, Any], before: Application, policy: Policy, problems: dict[str, Line]) -> list[Line]:
    """Say what was noted, but promise nothing of what is out of range."""
    said = []
    for slot, value in noted.items():
        if slot == "desired_amount" and value > policy.product.max_amount:
            said.append(line("sales.amount_above_max", value=value, maximum=policy.product.max_amount))
        elif slot not in problems:
            said.append(line(f"{'noted' if before.get(slot) is None else 'corrected'}.{slot}", value=value))
    return said


def _problems(application: Application, policy: Policy) -> dict[str, Line]:
    """What cannot be asked for, and what to say of it: an amount too small, a tenure out of range."""
    product, found = policy.product, dict[str, Line]()
    amount, months = application.get("desired_amount"), application.get("loan_term_months")
    if amount is not None and amount < product.min_amount:
        found["desired_amount"] = line("sales.amount_below_min", **_limits(policy))
    if months is not None and not product.min_months <= months <= product.max_months:
        found["loan_term_months"] = line("sales.tenure_out_of_range", **_limits(policy))
    return found


def _remarks(facts: dict[str, Any], application: Application, policy: Policy) -> list[Line]:
    """Things customers mention that change nothing: say so, once, where they did."""
    said = []
    if "stated_credit_score" in facts:
        said.append(line("sales.score_comes_from_bureau"))
    if "requested_rate_pct" in facts:
        said.append(line("sales.rate_by_policy", **_limits(policy)))
    if "annual_income" in facts and application.get("monthly_income_declared") is None:
        said.append(line("sales.need_net_monthly_income"))
    if "aadhaar_last4" in facts:
        said.append(line("sales.aadhaar_not_needed"))
    if "max_emi" in facts:
        said += estimate({"emi": facts["max_emi"]}, application, policy)
    return said


def as_phrase(purpose: str) -> str:
    """`home_renovation` reads `Home renovation`."""
    return purpose.replace("_", " ").capitalize()


def _already_asking(said: list[Line]) -> bool:
    asking = ("sales.which_", "sales.amount_below", "sales.tenure_out", "kyc.name_differs")
    return any(one["key"].startswith(asking) for one in said)


def _limits(policy: Policy) -> dict[str, Any]:
    product = policy.product
    return {
        "min_amount": product.min_amount,
        "max_amount": product.max_amount,
        "min_months": product.min_months,
        "max_months": product.max_months,
        "min_rate": str(product.min_rate_pct),
        "max_rate": str(product.max_rate_pct),
    }
