"""The reasons of a case in officers' words: those of the policy have a label there, the others have theirs here."""

from typing import Final

from kb.policy import Policy
from tools.policy import officer_label

WORDS: Final = {
    "IDENTITY-LOCKED": "Identity check failed too often; it is locked",
    "PROVIDER-ANSWER": "A provider's answer could not be used",
    "PROVIDER-DOWN": "A provider could not be reached",
    "PROVIDER-OUTCOME-UNKNOWN": "A provider cannot tell whether it did what it was asked",
    "REFUSED": "Refused; the customer asks for another look",
    "STATED-AGE": "Stated age contradicts the identity register",
    "STATED-CITIZENSHIP": "Stated citizenship contradicts the records",
    "SLIP-AMBIGUOUS-NET-PAY": "Slip shows more than one net pay",
    "SLIP-ARITHMETIC-MISMATCH": "Slip does not add up",
    "SLIP-DATE-MISMATCH": "Dates on the slip contradict each other",
    "SLIP-DISPUTED": "Customer says again that the slip was read wrongly",
    "SLIP-DOCUMENT-REUSED": "Another customer brought the same slip",
    "SLIP-EDITED-FILE": "File of the slip was edited after it was made",
    "SLIP-EMPLOYER-DIFFERS": "Employer on the slip is not the one on record",
    "SLIP-HIDDEN-TEXT": "Slip holds hidden text",
    "SLIP-INCOMPLETE": "Slip lacks a name, the net pay or the day of payment",
    "SLIP-NO-NET-PAY": "No net pay found on the slip",
    "SLIP-NO-TEXT": "Slip is a picture that could not be read",
    "SLIP-NOT-LEGIBLE": "Slip is not legible",
    "SLIP-PAN-DIFFERS": "PAN on the slip is another one",
    "SLIP-PAY-ABOVE-RECORD": "Pay on the slip is far above the record",
    "SLIP-SEVERAL-SLIPS": "File holds several slips",
    "SLIP-UNREADABLE": "Slip could not be read",
    "SLIP-WORDS-MISMATCH": "Net pay in words differs from the figures",
}


def in_words(policy: Policy, code: str) -> str:
    """A short line; a code that nobody named reads as itself, in small letters."""
    if code in policy.reasons:
        return officer_label(policy, code)
    return WORDS.get(code) or code.replace("-", " ").capitalize()
