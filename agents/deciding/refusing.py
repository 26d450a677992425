"""A refusal in writing: one letter for each refusal, with its reasons, kept, offered for download and mailed."""

from typing import cast

from agents.application import Application
from agents.context import Context
from agents.deciding.explaining import told_reasons
from agents.posting import LETTERS_PATH, borrower_of, keep_letter, mail
from agents.speaking import Line, line, phrasebook
from tools.effects import Asked, Done
from tools.kfs import language_of_papers
from tools.letter import RefusalContent, RefusalReason

FILE_NAME = "decision-letter.pdf"


async def refuse_in_writing(application: Application, context: Context) -> tuple[Application, list[Line]]:
    """The letter of a refused application, made once; nothing for one whose identity was never verified."""
    if application["status"] != "rejected" or not application.get("kyc_verified"):
        return Application(), []
    letter_id = await _letter(application, context)
    subject, body = line("mail.case_subject"), line("mail.refusal_body", name=application["applicant_name"])
    await mail(f"mail:refusal:{letter_id}", subject, body, application, context, letter=(letter_id, FILE_NAME))
    url = LETTERS_PATH + letter_id
    return Application(refusal_letter_url=url), [line("underwriting.refusal_letter", url=url)]


def content_of(application: Application, context: Context) -> RefusalContent:
    """What the letter says. After a person's decision that comes first: the policy's reasons only led to it."""
    services, language = context.services, language_of_papers(application["language"])
    decision = application.get("decision") or {}
    reasons = [
        RefusalReason(reason.text, reason.helps)
        for reason in told_reasons(application.get("reason_codes", []), language, services.policy, decision or None)
        if reason.code
    ]
    if decision.get("decision") != "DECLINE" or application.get("appeals"):
        reasons.insert(0, RefusalReason(phrasebook(language).phrase(line("review.declined")).strip()))
    return RefusalContent(
        letter_number=f"RL-{_refusal_id(application)}",
        decided_on=services.clock.today(),
        borrower=borrower_of(application),
        amount=cast(int, application["desired_amount"]),
        months=cast(int, application["loan_term_months"]),
        reasons=tuple(reasons[:4]),
        report_used=application.get("credit_report") is not None,
        lender=services.lender,
        policy_version=services.policy.version,
        language=language,
    )


def _refusal_id(application: Application) -> str:
    """The decision's id; a refusal after an appeal is another one."""
    decided = (application.get("decision") or {}).get("decision_id") or application["application_id"]
    return f"{decided}-{application['appeals']}" if application.get("appeals") else str(decided)


async def _letter(application: Application, context: Context) -> str:
    services, refusal_id = context.services, _refusal_id(application)

    async def issue() -> Done:
        letter_id = services.sealer.seal("letter", f"refusal-{refusal_id}")  # the same if this has to be done again
        printed = await services.print_letter(content_of(application, context))
        await keep_letter(letter_id, printed, context)
        return Done({"letter_id": letter_id})

    asked = Asked(f"refusal:{refusal_id}", {"refusal": application["application_id"]}, repeatable=True)
    done = await services.effects.once(context.session_id, asked, issue)
    return cast(str, done["letter_id"])
