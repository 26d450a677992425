"""Sales: greets, finds out what the customer needs, answers questions in the middle of anything, keeps the thread."""

from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import FREE_WORDS, OWNER, awaiting
from agents.application import CLOSED, IDENTITY, Application, application_id_for, merge_application, new_application
from agents.context import Context
from agents.deciding.supposing import SUPPOSABLE, suppose, ways_out, without_a_slip
from agents.noting import NEED_FACTS, PROFILE_FACTS, RANGES, REMARKS, limits, note, remarks
from agents.offering.calculation import estimate
from agents.offering.renewing import renewed, wants_a_fresh_offer
from agents.reviewing.casework import appeal, may_appeal, where_it_stands
from agents.services import Services
from agents.speaking import Line, line
from agents.turn import TurnState, TurnUpdate, Understood, without
from agents.understanding.stated import weighs_tenures


async def sales(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: answer what was asked, note what was said, and ask for the next of sales' own fields."""
    application, understood = state["application"], state["understood"]
    services = runtime.context.services
    facts = cast(dict[str, Any], understood.get("facts", {}))
    intent = understood.get("intent")
    said: list[Line] = []
    change = Application()

    if wants_a_fresh_offer(application, understood, state.get("said", [])):
        new_id = application_id_for(state["messages"][-1].id or "")
        change = renewed(application, new_id, services.clock.today(), services.policy)
        application, intent = merge_application(application, change), "renew"
        said.append(line("sales.renewed"))

    match intent:
        case "question":
            said += await _consult(understood, application, services)
        case "what_if" if SUPPOSABLE & facts.get("what_if", {}).keys():
            said += suppose(facts["what_if"], application, services.policy, services.clock.today())
        case "what_if":
            reckoned = estimate(facts.get("what_if", {}), application, services.policy)
            leaves_open = reckoned[0]["key"] == "estimate.need_amount" or weighs_tenures(understood["text"])
            said += await _consult(understood, application, services, reckoned) if leaves_open else reckoned
        case "provide" if "?" in understood.get("text", "") and not facts.keys().isdisjoint(RANGES):
            said += await _consult(understood, application, services, [])
        case "improve" if application.get("decision") is None:
            said += ways_out(application, services)
        case "human" if may_appeal(application):
            change = Application(**{**change, **appeal(application)})
            said.append(line("review.appeal"))
        case "human":
            change["human_requested"] = True
            said.append(line("sales.human", **services.desk(application["language"])))
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
            said.append(line("sales.leave_the_loan", days=days, **services.desk(application["language"])))
        case "thanks" if application["status"] == "sanctioned":
            change["status"] = "completed"
            said.append(line("sales.goodbye"))
        case "greet" | "thanks" | "off_topic":
            said.append(line(f"sales.{intent}"))
        case "status":
            said += where_it_stands(application)
        case "refuse" if understood.get("asked") and "confirm" not in facts:
            said.append(line(f"refuse.{understood['asked']}"))
            if understood["asked"] == "salary_slip":
                said += without_a_slip(application, services)
        case "why" if application.get("decision") is None:
            asked = understood.get("asked")
            said.append(line(f"refuse.{asked}") if asked else line("sales.why_nothing_yet"))

    if application["status"] in CLOSED and intent != "start_over":
        if not said and not state.get("said") and intent not in {"why", "improve"}:
            said += where_it_stands(application)
    elif intent not in {"start_over", "withdraw"}:
        change, noted = note(facts, application, change, services.policy)
        said += [one for one in noted if one not in said]
        said += remarks(facts, application, services.policy)

    merged = merge_application(application, change)
    nothing_understood = intent in {"unclear", None} and not facts and not understood.get("upload")
    if nothing_understood and not said and not state.get("said"):
        said += await _looked_up(understood, application, services)
    fields = awaiting(merged)
    if fields and OWNER[fields[0]] == "sales" and not _already_asking([*state.get("said", []), *said]):
        said.append(line(f"ask.{fields[0]}", **limits(services.policy)))
    identity = IDENTITY if application.get("kyc_verified") else ()
    slots = (*NEED_FACTS, *PROFILE_FACTS, *RANGES, *REMARKS, *identity, "what_if")
    used = without(understood, *slots, intent=intent not in {"why", "improve"})
    return TurnUpdate(application=change, understood=used, said=[*state.get("said", []), *said])


async def _consult(
    understood: Understood, application: Application, services: Services, otherwise: list[Line] | None = None
) -> list[Line]:
    consultant = services.consultant_for(application)
    asked, language = understood.get("asked"), application["language"]
    return await consultant.answer(understood["text"], asked, application, language, otherwise)


async def _looked_up(understood: Understood, application: Application, services: Services) -> list[Line]:
    """What nobody could read may be a question all the same, while sales collects what is no personal detail."""
    asked = understood.get("asked")
    if asked and OWNER[asked] == "sales" and asked not in FREE_WORDS:
        found = await _consult(understood, application, services)
        if found[0]["key"] != "sales.no_answer":
            return found
    return [line("sales.unclear")]


def _already_asking(said: list[Line]) -> bool:
    asking = ("sales.which_", "sales.amount_below", "sales.tenure_out", "kyc.name_differs")
    return any(one["key"].startswith(asking) for one in said)
