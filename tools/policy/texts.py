"""Reasons in words, with the thresholds in force filled in."""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kb.policy import Policy
from tools.rupees import grouped

Language = Literal["en", "hi", "hinglish"]

_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason as a customer reads it. `code` is None where the real one must not be named."""

    code: str | None
    text: str
    helps: str | None


def customer_reasons(policy: Policy, codes: Iterable[str], language: Language = "en") -> tuple[ReasonLine, ...]:
    """At most four lines, main ones first. Screening and fraud signals share one neutral line."""
    lines = dict.fromkeys(reason_line(policy, code, language) for code in codes)
    return tuple(lines)[:_MOST_SHOWN]


def reason_line(policy: Policy, code: str, language: Language = "en") -> ReasonLine:
    """Raises KeyError for a code that the policy does not have."""
    texts = policy.reasons[code]
    match language:
        case "hi":
            text, helps = texts.hi, texts.helps_hi
        case "hinglish" if texts.hinglish:
            text, helps = texts.hinglish, texts.helps_hinglish
        case _:
            text, helps = texts.en, texts.helps_en
    return ReasonLine(
        code=code if texts.disclose else None,
        text=_filled(text, policy),
        helps=None if helps is None else _filled(helps, policy),
    )


def officer_label(policy: Policy, code: str) -> str:
    return policy.reasons[code].label


class _Thresholds(string.Formatter):
    """Fills {section.key}; the loader has already refused names that are no thresholds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def get_field(self, field_name: str, args: object, kwargs: object) -> tuple[object, str]:  # noqa: ARG002
        section, _, key = field_name.partition(".")
        return getattr(getattr(self.policy, section), key), field_name

    def format_field(self, value: object, format_spec: str) -> str:  # noqa: ARG002
        return grouped(value) if isinstance(value, int | Decimal) else str(value)


def _filled(text: str, policy: Policy) -> str:
    return _Thresholds(policy).vformat(text, (), {})
