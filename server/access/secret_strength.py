"""Whether a secret may protect a service that faces the internet."""

import re

LEAST_BYTES = 32
LEAST_KINDS = 10  # of different characters
# What documentation and templates write where a secret belongs.
_PLACEHOLDER = re.compile(
    "change|secret|replace|example|placeholder|password|insecure|generate|random|esoteric|yourkey"
)


def objection_to(secret: str) -> str | None:
    """What is wrong with it, without a word of it."""
    if len(secret.encode()) < LEAST_BYTES:
        return f"must have at least {LEAST_BYTES} bytes in production"
    if len(set(secret)) < LEAST_KINDS or _PLACEHOLDER.search(re.sub(r"[^a-z]", "", secret.lower())):
        return "is a placeholder; make one by: openssl rand -hex 32"
    return None
