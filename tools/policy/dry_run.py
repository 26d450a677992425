"""Dry run of the credit policy on a JSON document: customer, override, request, as_of and profile."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from kb.policy import Policy, PolicyError, load_policy, profiles
from tools.policy.case import Applicant, Request
from tools.policy.engine import decide
from tools.policy.fields import FieldError, Fields


class DryRunError(ValueError):
    """The document is malformed; the message is one line that names the field and repeats no value."""


def dry_run(document: object, *, default_as_of: date) -> dict[str, object]:
    """Decide the case in `document`; the result is `Decision.as_dict()`. Raises DryRunError."""
    try:
        root = Fields(document, "")
        customer, override = root.table("customer").raw, root.table("override", optional=True).raw
        applicant = Applicant.from_dict(merged(customer, override))
        request = Request.read(root.table("request"))
        as_of = root.day("as_of", default_as_of)
        policy = _policy(root.text("profile", "default"), as_of)
    except FieldError as error:
        raise DryRunError(str(error)) from error
    return decide(applicant, request, policy, as_of).as_dict()


def merged(base: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """`base` with the values of `override`; tables in both are merged, anything else is replaced."""
    result = dict(base)
    for key, value in override.items():
        before = result.get(key)
        nested = isinstance(before, dict) and isinstance(value, dict)
        result[key] = merged(cast(dict[str, object], before), cast(dict[str, object], value)) if nested else value
    return result


def _policy(profile: str, as_of: date) -> Policy:
    known = profiles()
    if profile not in known:
        raise DryRunError(f"profile: must be one of {', '.join(known)}")
    try:
        return load_policy(profile, on=as_of)
    except PolicyError as error:
        raise DryRunError(f"as_of: {error}") from error
