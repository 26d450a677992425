"""Mail addresses, as typed and as spoken; what counts is decided by `email-validator`, without asking the network."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from agents.hedge_fund_guy.reading.said import MARKS, Said

_LOCAL = rf"[\w.!#$%&'*+/=?^{{|}}~{MARKS}-]"
_DOMAIN = rf"[\w.{MARKS}-]"
_LOCAL_LAST = re.compile(_LOCAL)
_DOMAIN_FIRST = re.compile(rf"{_DOMAIN}{{1,254}}")
_LONGEST_LOCAL = 64
_MOST_ADDRESSES = 20  # beyond which a message is no introduction
_STRIPPED = ".-_'*/|=!?#&{}~^"
# No such endings exist, but slips of the finger do.
_SLIPS = frozenset("con cmo ocm cim vom xom comm coom clm conm nte ner ogr gmail".split())
_PROVIDERS = frozenset(
    "gmail googlemail yahoo ymail hotmail outlook live msn icloud me mac aol proton protonmail pm gmx web fastmail zoho"
    " hey mail yandex qq 163 126 rediffmail comcast verizon att sbcglobal btinternet tutanota duck".split()
)
_AT_WORDS = frozenset({"at", "@", "arroba"})
_DOT_WORDS = frozenset({"dot", ".", "punto", "point", "period"})
_JOINTS = {
    "dot": ".", "period": ".", "point": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+",
    ".": ".", "_": "_", "-": "-", "+": "+",
}  # fmt: skip
_BRACKETS = frozenset("()[]{}<>")
# Words that stand before an address and are none of it.
_BEFORE = frozenset(
    "is its it at me email mail e-mail address reach us contact write to use try send sure ok okay fine yes yeah yep"
    " here the a an my that this and or not no just well so hi hey hello thanks please its im i am be drop ping hit up"
    " on via by under with work works personal private business home school one would make do case fwiw btw anyway alright"
    " was wrong actually sorry meant said lowercase all addy mine again instead of gmail get got find ill youll can look"
    " you looking trade trading work working interested now".split()
)
_NEGATED_BEFORE = ("not", "no longer", "instead of", "rather than", "dont use", "never", "forget", "ignore")
_PAST_BEFORE = ("used to be", "old one was", "old one is", "old email was", "old address was", "old one", "was")
_NEGATED_AFTER = ("is wrong", "was wrong", "is dead", "is old", "doesnt work", "no longer", "bounces", "is not mine",
                  "isnt mine", "was a typo", "is the old")  # fmt: skip
_OTHERS = re.compile(
    r"\b(?:(?:his|her|their|your|its)|my (?:broker|boss|wife|husband|friend|accountant|advisor|adviser|bank|mom|mum|dad|"
    r"brother|sister|assistant|lawyer|partner|buddy|colleague)(?:'s)?|(?!it|here|that|what|there|where|who)[a-z]+'s) "
    r"(?:e-?mail|address|mail)\b",
    re.IGNORECASE,
)
_LOOK_BACK = 40


@dataclass(frozen=True, slots=True)
class Address:
    """A valid address, or None for one that cannot be right, over the characters ``start:end``."""

    value: str | None
    start: int
    end: int


def find_mails(said: Said) -> list[Address]:
    """Every address of the message in the order of its place."""
    found = _typed(said)
    if len(found) < _MOST_ADDRESSES:
        found += _spoken(said, found)
    if said.asked == "email" and not found:
        found += _without_at(said)
    return sorted(found, key=lambda address: address.start)


def their_mail(said: Said, found: list[Address]) -> Address | None:
    """The one that is theirs: the last that is not taken back and not somebody else's."""
    own = [address for address in found if address.value and not _is_anothers(said, address)]
    kept = [address for address in own if not _is_negated(said, address)]
    now = [address for address in kept if not _follows(said, address, _PAST_BEFORE)]
    chosen = now or kept
    return chosen[-1] if chosen else None


def valid_address(written: str) -> str | None:
    try:
        address = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        return None
    ending = address.domain.rpartition(".")[2]
    return None if len(ending) < 2 or ending in _SLIPS else address.normalized


def _typed(said: Said) -> list[Address]:
    text = said.text
    found: list[Address] = []
    at = text.find("@")
    while at >= 0 and len(found) < _MOST_ADDRESSES:
        address = _around(said, at)
        if address:
            found.append(address)
        at = text.find("@", max(at + 1, address.end if address else 0))
    return found


def _around(said: Said, at: int) -> Address | None:
    text = said.text
    gap_before = at > 0 and text[at - 1] == " "
    local_end = at - 1 if gap_before else at
    start = local_end
    while start > 0 and local_end - start <= _LONGEST_LOCAL and _LOCAL_LAST.match(text[start - 1]):
        start -= 1
    gap_after = text[at + 1 : at + 2] == " "
    domain = _DOMAIN_FIRST.match(text, at + 2 if gap_after else at + 1)
    local = text[start:local_end].lstrip(_STRIPPED)
    start = local_end - len(local)
    if not domain or not local:
        return None
    host = domain.group().rstrip(".-_")
    end = domain.start() + len(host)
    if "." not in host and (
        spaced := re.match(r" ?\. ?([A-Za-z]{2,24})\b| dot ([A-Za-z]{2,24})\b", text[end : end + 32])
    ):
        host += "." + (spaced[1] or spaced[2])
        end += spaced.end()
    if (gap_before or gap_after) and "." not in host:
        return None  # "long AAPL @ 180", "see you @ the bar"
    value = valid_address(f"{local}@{host}")
    return Address(value, start, end)


def _spoken(said: Said, typed: list[Address]) -> list[Address]:
    """ "john dot smith at gmail dot com", "john (at) gmail (dot) com", "john at the rate gmail.com" """
    tokens = [at for at, token in enumerate(said.tokens) if token.key not in _BRACKETS]
    found: list[Address] = []
    for place, index in enumerate(tokens):
        if said.key(index) not in _AT_WORDS or (said.key(index) == "@" and said.tokens[index].glued):
            continue
        if any(address.start <= said.tokens[index].start < address.end for address in typed):
            continue
        address = _spoken_around(said, tokens, place)
        if address:
            found.append(address)
        if len(found) >= _MOST_ADDRESSES:
            break
    return found


def _spoken_around(said: Said, tokens: list[int], place: int) -> Address | None:
    after = place + 1
    if [said.key(tokens[at]) for at in range(after, min(after + 2, len(tokens)))] == ["the", "rate"]:
        after += 3 if after + 2 < len(tokens) and said.key(tokens[after + 2]) == "of" else 2
    host, last, aloud = _host(said, tokens, after)
    if not host:
        return None
    local, first, joined = _local(said, tokens, place)
    if not local:
        return None
    known = host.partition(".")[0].lower() in _PROVIDERS
    if not (aloud or joined or known or said.asked == "email"):
        return None
    start, end = said.tokens[first].start, said.tokens[last].end
    return Address(valid_address(f"{local}@{host}"), start, end)


def _host(said: Said, tokens: list[int], at: int) -> tuple[str, int, bool]:
    """The domain from there on, its last token, and whether a dot of it was spoken. ("", 0, False) if there is none."""
    labels: list[str] = []
    aloud = False
    end = 0
    while at < len(tokens):
        label, at, last = _label(said, tokens, at)
        if not label:
            break
        labels.append(label)
        end = last
        if at + 1 >= len(tokens) or said.key(tokens[at]) not in _DOT_WORDS:
            break
        dot = said.tokens[tokens[at]]
        if dot.kind == "sign" and not (dot.glued and said.tokens[tokens[at + 1]].glued):
            break
        aloud = aloud or dot.kind == "word"
        at += 1
    return (".".join(labels), end, aloud) if len(labels) > 1 else ("", 0, False)


def _label(said: Said, tokens: list[int], at: int) -> tuple[str, int, int]:
    """One part of a domain: `gmail`, `my-firm`, `163`."""
    label = ""
    last = 0
    while at < len(tokens):
        token = said.tokens[tokens[at]]
        joint = token.key in ("-", "dash", "hyphen", "minus")
        glued = at > 0 and token.start == said.tokens[tokens[at - 1]].end
        if label and not (glued or joint or label.endswith("-")):
            break
        if token.kind == "sign" and token.key != "-":
            break
        label += "-" if joint else token.text
        last = tokens[at]
        at += 1
    return label, at, last


def _local(said: Said, tokens: list[int], place: int) -> tuple[str, int, bool]:
    """What stands before the at: words joined by dot, underscore, plus, or a few that are spelled apart."""
    parts: list[str] = []
    at = place - 1
    first = -1
    joined = False
    while at >= 0 and place - at <= 12:
        token = said.tokens[tokens[at]]
        beside_joint = at > 0 and said.key(tokens[at - 1]) in _JOINTS
        if token.key in _JOINTS and parts:
            if token.kind == "sign" and not token.glued:
                break
            parts.append(_JOINTS[token.key])
            joined = True
        elif token.kind == "sign" or (token.key in _BEFORE and not beside_joint and (not parts or parts[-1].isalnum())):
            break
        elif token.key in _BEFORE and not parts and not beside_joint:
            break
        else:
            parts.append(token.text)
        first = tokens[at]
        at -= 1
    while parts and parts[-1] in "._-+":
        parts.pop()
        first += 1
    return "".join(reversed(parts)), first, joined


def _without_at(said: Said) -> list[Address]:
    """Asked for an address: "marcus.gmail.com", "marcus@", "marcus at gmail" are tries at one."""
    text = said.text.strip()
    if re.search(r"\w ?@|(?<!\S)@\w{1,64}$", text):
        return [Address(None, 0, len(said.text))]
    tried = re.search(r"(?<!\S)[\w-]{1,64}(?:\.[\w-]{1,64}){0,3}\.(?:com|net|org|edu|io|de|co\.uk|in|fr)(?!\S)", text)
    words = said.keys(0, len(said.tokens))
    spoken = any(
        words[at] == "at" and at and at + 1 < len(words) and words[at + 1] in _PROVIDERS for at in range(len(words))
    )
    return [Address(None, 0, len(said.text))] if tried or spoken else []


def _is_negated(said: Said, address: Address) -> bool:
    after = _words(said.text[address.end : address.end + _LOOK_BACK])
    return _follows(said, address, _NEGATED_BEFORE) or f"{after} ".startswith(_NEGATED_AFTER)


def _follows(said: Said, address: Address, phrases: tuple[str, ...]) -> bool:
    before = _words(said.text[max(0, address.start - _LOOK_BACK) : address.start])
    return f" {before}".endswith(tuple(f" {phrase}" for phrase in phrases))


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text).lower().split())


def _is_anothers(said: Said, address: Address) -> bool:
    return _OTHERS.search(said.text[max(0, address.start - _LOOK_BACK) : address.start]) is not None
