"""Whose mail address stands in a message, typed or spoken, and tries at one that cannot be right."""

import re

from agents.hedge_fund_guy.reading.addresses import MOST_ADDRESSES, Address, valid_address
from agents.hedge_fund_guy.reading.said import MARKS, Said
from agents.hedge_fund_guy.reading.spoken_mails import SpokenMails
from agents.hedge_fund_guy.reading.tables import Table

_LOCAL = rf"[\w.!#$%&'*+/=?^{{|}}~{MARKS}-]"
_DOMAIN = rf"[\w.{MARKS}-]"
_LOCAL_LAST = re.compile(_LOCAL)
_DOMAIN_FIRST = re.compile(rf"{_DOMAIN}{{1,254}}")
_LONGEST_LOCAL = 64
_STRIPPED = ".-_'*/|=!?#&{}~^"
_NEGATED_BEFORE = ("not", "no longer", "instead of", "rather than", "dont use", "never", "forget", "ignore")
_PAST_BEFORE = ("used to be", "old one was", "old one is", "old email was", "old address was", "old one", "was")
_NEGATED_AFTER = ("is wrong", "was wrong", "is dead", "is old", "doesnt work", "no longer", "bounces", "is not mine",
                  "isnt mine", "was a typo", "is the old")  # fmt: skip
_OTHERS = re.compile(
    r"\b(?:(?:his|her|their|your|its)|my (?:broker|boss|wife|husband|friend|accountant|advisor|adviser|bank|mom|mum|dad"
    r"|brother|sister|assistant|lawyer|partner|buddy|colleague)(?:'s)?|(?!it|here|that|what|there|where|who)[a-z]+'s) "
    r"(?:e-?mail|address|mail)\b",
    re.IGNORECASE,
)
# Asked for an address: "marcus.gmail.com", "marcus@" and "@marcus" are tries at one.
_TRIED = re.compile(
    r"\w ?@|(?<!\S)@\w{1,64}\s*$"
    r"|(?<!\S)[\w#-]{1,64}(?:\.[\w#-]{1,64}){0,3}\.(?:com|net|org|edu|io|de|co\.uk|in|fr)(?!\S)"
)
_ANOTHER = re.compile(
    r"\bmy (?:broker|boss|wife|husband|friend|accountant|advisor|adviser|bank|mom|mum|dad|brother|sister|assistant"
    r"|lawyer)(?!.*\b(?:me|my|mine|i|i'm)\b)",
    re.IGNORECASE,
)
_NO_LOCAL = re.compile(r".*[/?=&:]")  # of a link
_LOOK_BACK = 40


class Mails:
    def __init__(self, table: Table) -> None:
        self._spoken = SpokenMails(table)

    def find(self, said: Said) -> list[Address]:
        """Every address of the message in the order of its place."""
        found = _typed(said)
        if len(found) < MOST_ADDRESSES:
            found += self._spoken.find(said, found)
        if said.asked == "email" and not found and (_TRIED.search(said.text) or self._spoken.is_tried(said)):
            found = [Address(None, 0, len(said.text))]
        return sorted(found, key=_start)


def their_mail(said: Said, found: list[Address]) -> Address | None:
    """The one that is theirs: the last that is not taken back and not somebody else's."""
    own = [address for address in found if address.value and not _is_anothers(said, address)]
    kept = [address for address in own if not _is_negated(said, address)]
    now = [address for address in kept if not _follows(said, address, _PAST_BEFORE)]
    chosen = now or kept
    return chosen[-1] if chosen else None


def _start(address: Address) -> int:
    return address.start


def _typed(said: Said) -> list[Address]:
    text = said.text
    found: list[Address] = []
    at = text.find("@")
    while at >= 0 and len(found) < MOST_ADDRESSES:
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
    local = _NO_LOCAL.sub("", text[start:local_end]).lstrip(_STRIPPED)
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


def _is_negated(said: Said, address: Address) -> bool:
    after = _words(said.text[address.end : address.end + _LOOK_BACK])
    return _follows(said, address, _NEGATED_BEFORE) or f"{after} ".startswith(_NEGATED_AFTER)


def _follows(said: Said, address: Address, phrases: tuple[str, ...]) -> bool:
    before = _words(said.text[max(0, address.start - _LOOK_BACK) : address.start])
    return f" {before}".endswith(tuple(f" {phrase}" for phrase in phrases))


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text).lower().split())


def _is_anothers(said: Said, address: Address) -> bool:
    before = said.text[max(0, address.start - _LOOK_BACK) : address.start]
    return _OTHERS.search(before) is not None or _ANOTHER.search(before) is not None
