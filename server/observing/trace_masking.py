"""What of a run may leave the house in a trace: an allow-list by key, everything else is only counted.

A trace goes to another company, perhaps in another country. So it tells how a turn went (which agents ran, what was
understood by kind, which sentences were said, which statuses and reasons came of it, how long it took) and nothing of
whom it was about. What a customer types is never sent; what the assistant said is sent in the words of the phrasebook
alone; sums, dates, names and identifiers are not sent. A key that nobody thought of hides its value.
"""

import hashlib
import re
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

HIDDEN = "***"
# Keys whose values our own code writes out of a fixed set: states, kinds, switches and counts.
SHOWN = frozenset(
    {
        # the application
        *("status", "credit_eligibility", "language", "loan_term_months", "kyc_mode", "reason_codes", "reasons"),
        *("kyc_verified", "phone_verified", "kyc_upgrade_offered", "human_requested", "sanction_letter_generated"),
        *("identity_mismatches", "consent_refusals", "offer_refusals", "sent", "tries_left", "text_key", "to_correct"),
        *("decision", "rules", "kind", "months", "confirmed", "version"),
        # the turn
        *("awaiting", "asked", "intent", "confirm", "key", "type", "role", "channel"),
        # the run and the model
        *("node", "assistant_id", "graph_id", "run_id", "run_attempt", "revision_id", "checkpoint_id", "attempt"),
        *("model", "model_name", "finish_reason", "input_tokens", "output_tokens", "total_tokens", "prompt"),
    }
)
DIGESTS = frozenset({"prompt_sha256"})  # of documents of ours
COUNTS = frozenset({"input_tokens", "output_tokens", "total_tokens"})
SMALL = 1000  # what a model wrote into a call may be anything; a month or a try is no larger
SHOWN_PREFIXES = ("langgraph_", "ls_", "lc_", "LANGSMITH_", "LANGCHAIN_", "__pregel_")
SESSIONS = frozenset({"thread_id", "session_id", "conversation_id"})
TEXTS = frozenset({"content", "text", "message"})
ASSISTANT = frozenset({"ai", "AIMessageChunk", "assistant"})
MESSAGES_SHOWN = 4  # of a conversation; the earlier ones stand in the thread's earlier traces

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")
_LABEL = re.compile(r"[A-Za-z_][\w:|./\-]{0,119}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONG_NUMBER = re.compile(r"\d{4}")
_TOKEN = re.compile(r"[^\s.,:;!?()/'’\"\-–—]+")
_EXCEPTION = re.compile(r"([A-Za-z_][A-Za-z_.]{0,80})\(")  # its repr
_FRAME = re.compile(r'File "[^"]*?([\w.\-]+/[\w.\-]+)", line (\d+), in ([\w<>]+)')

Json = Any


class TraceMask:
    """A LangSmith anonymizer: the inputs, outputs, metadata or error of a run as they may be sent.

    `speech`: the words, as written, that the assistant's sentences are made of.
    """

    def __init__(self, speech: Set[str]) -> None:
        self._speech = speech

    def __call__(self, payload: dict[str, Json]) -> dict[str, Json]:
        if set(payload) == {"error"} and isinstance(payload["error"], str):
            return {"error": masked_error(payload["error"])}
        return self._mapping(payload)

    def _mapping(self, mapping: Mapping[str, Json]) -> dict[str, Json]:
        speaks = str(mapping.get("type", mapping.get("role"))) in ASSISTANT
        return {masked_key(key): self._value(key, value, speaks) for key, value in mapping.items()}

    def _value(self, key: str, value: Json, speaks: bool) -> Json:
        if value is None:
            return None
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            shown = list(value[-MESSAGES_SHOWN:] if key == "messages" else value)
            left_out = [f"({len(value) - len(shown)} earlier)"] if len(shown) < len(value) else []
            return left_out + [self._value(key, item, speaks) for item in shown]
        if key in SESSIONS:
            return masked_session(str(value))
        if key in TEXTS and isinstance(value, str):
            return self._speech_of(value) if speaks else f"({len(value.split())} words)"
        return value if is_shown(key, value) else HIDDEN

    def _speech_of(self, text: str) -> str:
        """The assistant's sentence with all that was filled into it hidden."""
        return _TOKEN.sub(lambda token: token.group() if token.group() in self._speech else HIDDEN, text)


def words_of_speech(sentence: str) -> frozenset[str]:
    """The words of a phrasebook's sentence, as written; what stands in braces is filled in and none of them."""
    return frozenset(word for word in _TOKEN.findall(re.sub(r"\{[^}]*\}", " ", sentence)) if word.isalpha())


@lru_cache(maxsize=1024)
def masked_key(key: str) -> str:
    """Keys are names that our code gives; one that does not look like a name is none of ours."""
    return key if key in {"", "*"} or is_label(key) else HIDDEN


def masked_session(session_id: str) -> str:
    """Sessions have opaque ids; one that a client chose is replaced, always by the same."""
    return session_id if _UUID.fullmatch(session_id) else hashlib.sha256(session_id.encode()).hexdigest()[:32]


def masked_error(error: str) -> str:
    """The kind of exception and where it happened; its text may quote a customer, a traceback's lines a value."""
    kind = _EXCEPTION.match(error)
    frames = [f"{file}:{number} in {name}" for file, number, name in _FRAME.findall(error)]
    return "\n".join([kind.group(1) if kind else HIDDEN, *frames])


@lru_cache(maxsize=1024)
def masked_name(name: str) -> str:
    """The name of a run: a code of ours, or an assistant's turn."""
    return name if is_label(name.removesuffix(" turn")) else HIDDEN


def masked_tag(tag: str) -> str:
    return tag if is_label(tag) else HIDDEN


def is_shown(key: str, value: Json) -> bool:
    if key in DIGESTS:
        return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
    if key not in SHOWN and not key.startswith(SHOWN_PREFIXES):
        return False
    if isinstance(value, str):
        return is_label(value)
    return isinstance(value, int | float) and (key in COUNTS or abs(value) < SMALL)


def is_label(text: str) -> bool:
    """A code of ours, such as `R-FOIR` or `kyc:<uuid>`: no sentence, no number of four digits or more."""
    rest = _UUID.sub("", text)
    return not text or (bool(_LABEL.fullmatch(rest or "_")) and not _LONG_NUMBER.search(rest))
