"""Listening: the first node of every turn. Reads the customer's message, and an uploaded paper with it."""

import re

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from agents.agenda import awaiting
from agents.application import CLOSED, Application, application_id_for, merge_application, new_application
from agents.conditions import next_consent, report_is_stale, without_bureau_consent
from agents.consenting import change_consent, consent_wish
from agents.context import Context
from agents.deciding.slips import receive_slip
from agents.sanctioning.issued import offer_is_over
from agents.speaking import line
from agents.turn import STATE_VERSION, TurnState, TurnUpdate, Understood, without
from agents.understanding.answers import YES_NO_ASKS
from agents.understanding.consents import ConsentChange
from agents.understanding.papers_language import PapersLanguage, papers_language
from agents.understanding.reading import Intent, Reading
from agents.understanding.redaction import mask_secrets
from agents.upgrading import brought_up

SHORT_ANSWER = 3


async def understand(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """Facts and intent of the newest message, in the light of what was asked; secrets masked in what is kept."""
    message, services = state["messages"][-1], runtime.context.services
    change, is_older = Application(), False
    if not state.get("application"):
        opened_on = services.clock.today().isoformat()
        change = new_application(application_id_for(message.id or ""), opened_on)
    elif state.get("version", STATE_VERSION) < STATE_VERSION:
        is_older = True
        change = brought_up(state["application"], services.policy)
    application = merge_application(state.get("application"), change)
    update = TurnUpdate(said=[], version=STATE_VERSION)
    if application["status"] not in CLOSED and await offer_is_over(application, runtime.context):
        change["status"] = application["status"] = "expired"
        update["said"] = [line("status.expired")]
    asked = next(iter(awaiting(application)), None)
    extras = message.additional_kwargs if isinstance(message, HumanMessage) else {}
    if (is_older and asked == "consent") or (extras.get("unheard") and asked in YES_NO_ASKS):
        asked = None  # a yes was meant for what was asked before
    periods = services.policy.periods
    stale = report_is_stale(application, services.clock.today(), periods.bureau_report_max_age_days)
    if stale and application["status"] in {"credit_check_pending", "offer_made"} and not next_consent(application):
        change = merge_application(change, without_bureau_consent(application))
        application = merge_application(application, change)
        update["said"] = [line("kyc.report_too_old", days=periods.bureau_report_max_age_days)]
    upload, act = extras.get("upload"), extras.get("act")
    wish = consent_wish(message.text, act)
    if act:
        update["understood"] = Understood(text="", asked=asked, intent=None, facts={}, upload=None, act=act)
    elif upload:
        noted, said = await receive_slip(upload, application, services)
        update["said"] += said
        change = merge_application(change, noted)
        update["understood"] = Understood(text="", asked=asked, intent="provide", facts={}, upload=upload)
    else:
        reading = await services.understander_for(_as_wished(application, wish)).read(message.text, asked)
        update["understood"] = Understood(
            text=message.text, asked=asked, intent=_intent(reading, asked), facts=reading["facts"], upload=None
        )
        if "heard" in reading:
            update["understood"]["heard"] = reading["heard"]
        change["language"] = _language(reading, message.text, application)
        papers = papers_language(message.text) if asked == "kfs_acknowledgement" else None
        if papers is not None:
            update["understood"] = _wants_papers_in(papers, update["understood"])
        masked = mask_secrets(message.text, otp_asked=asked == "otp")
        if masked != message.text:
            update["messages"] = [HumanMessage(masked, id=message.id)]
    if wish is not None:
        noted, said = await change_consent(
            wish.purpose, merge_application(application, change), runtime.context, given=wish.given
        )
        change = merge_application(change, noted)
        update["said"] += said
        update["understood"] = _beside_a_wish(update["understood"])
    update["application"] = change
    return update


def _as_wished(application: Application, wish: ConsentChange | None) -> Application:
    """The very message that wants no language model is not read by one."""
    if wish != ("model_processing", False):
        return application
    return merge_application(application, Application(optional_consents={"model_processing": False}))


def _beside_a_wish(understood: Understood) -> Understood:
    """What else the message says, once its wish about a consent is seen to; a yes or no in it answers nothing else."""
    left = without(understood, "confirm")
    left["intent"], left["act"] = "provide", None
    return left


def _wants_papers_in(language: PapersLanguage, understood: Understood) -> Understood:
    """Papers are acknowledged in the language they are wanted in, so a yes beside the wish acknowledges none yet."""
    left = without(understood, "confirm")
    left["facts"]["papers_language"], left["intent"] = language, "provide"
    return left


def _intent(reading: Reading, asked: str | None) -> Intent:
    """A bare no to a question that no yes or no answers refuses what was asked for."""
    refuses = reading["intent"] == "no" and asked is not None and asked not in YES_NO_ASKS and not reading["facts"]
    return "refuse" if refuses else reading["intent"]


def _language(reading: Reading, text: str, application: Application) -> str:
    """The language to answer in. Facts and a few English-looking words ("24 months", "ok") are no wish to change it."""
    for fact in filter(None, reading["spans"].values()):
        text = text.replace(fact, " ")
    talk = re.findall(r"[^\W\d_]+", text)
    return reading["language"] if reading["language"] != "en" or len(talk) > SHORT_ANSWER else application["language"]
