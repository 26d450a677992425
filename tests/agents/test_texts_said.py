"""The phrasebook against the code: every key said exists and gets its facts, every key that exists is said."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple, get_args

from agents.agenda import OWNER
from agents.application import Status
from agents.noting import NEED_FACTS, RANGES
from agents.speaking import FALLBACK, phrasebook
from tests.agents.test_texts import sentences
from tools.consents import OPTIONAL, REQUIRED
from tools.identifiers import check_pan

ROOT = Path(__file__).parents[2]
CODE = sorted(
    path
    for folder in ("agents", "graph", "server")
    for path in (ROOT / folder).rglob("*.py")
    if "hedge_fund_guy" not in path.parts  # his lines are in pools of his own, tested in tests/agents/hedge_fund_guy
)
KEYS = phrasebook(FALLBACK).keys
SECTIONS = {key.partition(".")[0] for key in KEYS if "." in key}

ASKED_BY_SALES = [f"ask.{field}" for field, owner in OWNER.items() if owner == "sales"]
# Consents have texts of their own, and the code is asked for by its own line.
ASKED_BY_KYC = [f"ask.{field}" for field, owner in OWNER.items() if owner == "kyc" and field not in {"consent", "otp"}]
PANS_REFUSED = ("ZZZ", "ZZZCN1102B", "ZZZZN1102B")

# The f-strings that make keys, as `ast.unparse` writes them, by file, with what each can come out as.
MADE_KEYS = {
    ("sales", "f'ask.{fields[0]}'"): ASKED_BY_SALES,
    ("sales", "f'sales.{intent}'"): ["sales.greet", "sales.thanks", "sales.off_topic"],
    ("noting", "f'sales.which_{slot}'"): [f"sales.which_{slot}" for slot in RANGES],
    ("casework", "f\"status.{application['status']}\""): [f"status.{status}" for status in get_args(Status)],
    ("sales", "f'refuse.{asked}'"): [f"refuse.{field}" for field in OWNER],
    ("sales", "f\"refuse.{understood['asked']}\""): [f"refuse.{field}" for field in OWNER],
    ("noting", "f\"{('noted' if before.get(slot) is None else 'corrected')}.{slot}\""): [
        f"{verb}.{slot}" for verb in ("noted", "corrected") for slot in NEED_FACTS
    ],
    ("kyc", "f'ask.{fields[0]}'"): ASKED_BY_KYC,
    ("review", "f\"mail.case_{act['act']}\""): [f"mail.case_{act}" for act in ("approve", "decline", "ask")],
    ("consent", "f'consent.{purpose}'"): [f"consent.{purpose}" for purpose in REQUIRED],
    ("kyc", "f'consent.{next_consent(application)}'"): [f"consent.{purpose}" for purpose in REQUIRED],
    ("consenting", "f'consent.{purpose}'"): [f"consent.{purpose}" for purpose in REQUIRED],
    ("consenting", "f\"consents.{purpose}_{('given' if given else 'withdrawn')}\""): [
        f"consents.{purpose}_{change}" for purpose in OPTIONAL for change in ("given", "withdrawn")
    ],
    ("consent", "f'kyc.why_{purpose}'"): [f"kyc.why_{purpose}" for purpose in REQUIRED],
    ("identity", "f\"kyc.pan_{visit.facts['pan_invalid'].lower()}\""): [
        f"kyc.pan_{check_pan(pan).code.lower()}" for pan in PANS_REFUSED
    ],
}


class Said(NamedTuple):
    """One place where a line is said: `facts` are the names given, None where they come as a mapping."""

    where: str
    keys: list[str]
    facts: set[str] | None


def said_in(path: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = {"line": 0, "say": 0, "_mismatch": 1}.get(name)
        if at is None or len(node.args) <= at:
            continue
        given = {keyword.arg for keyword in node.keywords if keyword.arg}
        mapping = any(keyword.arg is None for keyword in node.keywords)
        keys = keys_of(node.args[at], path.stem)
        yield Said(f"{path.name}:{node.lineno}", keys, None if mapping else given)


def keys_of(key: ast.expr, file: str) -> list[str]:
    """What the expression can come out as; nothing for a name, whose value stands elsewhere in the file."""
    match key:
        case ast.Constant(str(literal)):
            return [literal]
        case ast.JoinedStr():
            assert (file, ast.unparse(key)) in MADE_KEYS, f"tell MADE_KEYS what {ast.unparse(key)} of {file} can be"
            return MADE_KEYS[file, ast.unparse(key)]
        case ast.IfExp():
            return keys_of(key.body, file) + keys_of(key.orelse, file)
        case ast.Name():
            return []
    raise AssertionError(f"a key that cannot be followed in {file}: {ast.unparse(key)}")


def key_like(path: Path) -> Iterator[str]:
    """Strings that look like a key or the beginning of one: a section of the phrasebook, a dot, a word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            section, dot, word = node.value.partition(".")
            if dot and section in SECTIONS and (not word or word.isidentifier()):
                yield node.value


SAID = [said for path in CODE for said in said_in(path)]


def test_every_line_said_is_in_the_phrasebook() -> None:
    unknown = [(said.where, key) for said in SAID for key in said.keys if key not in KEYS]
    assert not unknown
    assert len(SAID) > 80


def test_keys_kept_in_variables_and_prefixes_looked_for_exist() -> None:
    for path in CODE:
        for text in key_like(path):
            assert any(key.startswith(text) for key in KEYS), f"{path.name}: {text}"


def test_every_sentence_is_said_somewhere() -> None:
    said = {key for place in SAID for key in place.keys}
    # A literal inside the model's speaker only sorts sentences, it says none.
    in_variables = {text for path in CODE if path.parent.name != "model" for text in key_like(path)}
    assert KEYS - said - in_variables == set()


def test_lines_bring_the_facts_their_sentences_need() -> None:
    checked = 0
    for place in SAID:
        for key in place.keys if place.facts is not None else []:
            needed = {name for _, name, _, _ in Formatter().parse(sentences(FALLBACK)[key]) if name}
            assert needed <= (place.facts or set()), f"{place.where} {key}"
            checked += 1
    assert checked > 100


def test_every_made_key_is_still_made() -> None:
    made = {
        (path.stem, ast.unparse(node))
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
    }
    assert MADE_KEYS.keys() <= made
