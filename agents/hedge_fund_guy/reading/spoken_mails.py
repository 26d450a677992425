"""Addresses as they are said aloud: "john dot smith at gmail dot com", "john (at) gmail (dot) com"."""

from agents.hedge_fund_guy.reading.addresses import MOST_ADDRESSES, Address, valid_address
from agents.hedge_fund_guy.reading.said import Said
from agents.hedge_fund_guy.reading.tables import Table, word_set

_AT_WORDS = frozenset(("at", "@", "arroba"))
_DOT_WORDS = frozenset(("dot", ".", "punto", "point", "period"))
_DASHES = ("dash", "hyphen", "minus", "-")
_JOINTS = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(("dot", "period", "point", "."), "."),
    **dict.fromkeys(("underscore", "_"), "_"),
    **dict.fromkeys(("plus", "+"), "+"),
}
_SIGNS = tuple([sign] for sign in ".-_+")
_MOST_TOKENS = 12  # of a local part, of one part of a domain
_MOST_LABELS = 6
_MOST_WORDS_OF_A_TRY = 5
_SUBJECTS = frozenset(("i", "you"))
_DOERS = _SUBJECTS | {"we", "he", "she", "they", "was", "were", "been"}
_GLUE = frozenset("._-+'")  # inside a word written in one
_BRACKETS = frozenset("()[]{}<>")


class SpokenMails:
    def __init__(self, table: Table) -> None:
        self._providers, self._before = word_set(table["words"]["providers"]), word_set(table["words"]["before"])
        self._cues = word_set(table["words"]["cues"])

    def find(self, said: Said, typed: list[Address]) -> list[Address]:
        """ "john dot smith at gmail dot com", "john (at) gmail (dot) com", "john at the rate gmail.com" """
        tokens = [at for at, token in enumerate(said.tokens) if token.key not in _BRACKETS]
        found: list[Address] = []
        for place, index in enumerate(tokens):
            if said.key(index) not in _AT_WORDS or (said.key(index) == "@" and said.tokens[index].glued):
                continue
            if any(address.start <= said.tokens[index].start < address.end for address in typed):
                continue
            address = self._around(said, tokens, place)
            if address:
                found.append(address)
            if len(found) >= MOST_ADDRESSES:
                break
        return found

    def _around(self, said: Said, tokens: list[int], place: int) -> Address | None:
        after = place + 1
        if [said.key(tokens[at]) for at in range(after, min(after + 2, len(tokens)))] == ["the", "rate"]:
            after += 3 if after + 2 < len(tokens) and said.key(tokens[after + 2]) == "of" else 2
        sign = after < len(tokens) and said.key(tokens[after]) == "sign"
        after += sign
        host, last, aloud = self._host(said, tokens, after)
        if not host or host.partition(".")[0] in self._before - self._providers:
            return None
        the = sign and place > 0 and said.key(tokens[place - 1]) == "the"  # "the at sign"
        local, first, joined = self._local(said, tokens, place - the)
        if not local:
            return None
        if not (joined or aloud) and first > 0 and said.key(first - 1) in _DOERS:
            return None  # "I looked at amazon.com"
        known = host.partition(".")[0].lower() in self._providers
        if said.asked != "email" and not ((aloud or known) and (joined or self._is_given(said, first))):
            return None  # "I worked at pets dot com"
        start, end = said.tokens[first].start, said.tokens[last].end
        return Address(valid_address(f"{local}@{host}"), start, end)

    def _is_given(self, said: Said, first: int) -> bool:
        """Nothing else stands beside the address, or a word says that it is one."""
        clause = next((clause for clause in said.clauses if clause.first <= first < clause.last), None)
        before = said.keys(clause.first, first) if clause else []
        return not self._cues.isdisjoint(said.keys(0, len(said.tokens))) or (self._before - _SUBJECTS).issuperset(
            before
        )

    def _host(self, said: Said, tokens: list[int], at: int) -> tuple[str, int, bool]:
        """The domain from there on ("" for none), its last token, and whether a dot of it was spoken."""
        labels: list[str] = []
        aloud = False
        end = 0
        while at < len(tokens) and len(labels) < _MOST_LABELS:
            label, at, last = self._label(said, tokens, at)
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

    def _label(self, said: Said, tokens: list[int], at: int) -> tuple[str, int, int]:
        """One part of a domain: `gmail`, `my-firm`, `163`."""
        label = ""
        first, last = at, 0
        while at < len(tokens) and at - first < _MOST_TOKENS:
            token = said.tokens[tokens[at]]
            joint = token.key in _DASHES
            glued = at > 0 and token.start == said.tokens[tokens[at - 1]].end
            if label and not (glued or joint or label.endswith("-")):
                break
            if token.kind == "sign" and token.key != "-":
                break
            label += "-" if joint else token.text
            last = tokens[at]
            at += 1
        return label, at, last

    def _local(self, said: Said, tokens: list[int], place: int) -> tuple[str, int, bool]:
        """What stands before the at: words joined by dot, underscore, plus, or a few that are spelled apart."""
        parts: list[str] = []
        at, first, joined = place - 1, -1, False
        while at >= 0 and len(parts) < _MOST_TOKENS:
            start = _run(said, tokens, at)
            token = said.tokens[tokens[at]]
            word = said.text[said.tokens[tokens[start]].start : token.end]
            alone = start == at
            beside_joint = parts[-1:] in _SIGNS or (start > 0 and said.key(tokens[start - 1]) in _JOINTS)
            if alone and token.key in _JOINTS and parts:
                if token.kind == "sign" and not token.glued:
                    break
                word, joined = _JOINTS[token.key], True
            elif alone and (token.kind == "sign" or (token.key in self._before and not beside_joint)):
                break
            parts.append(word)
            at, first = start - 1, tokens[start]
        while parts and parts[-1] in "._-+":
            parts.pop()
            first += 1
        return "".join(reversed(parts)), first, joined

    def is_tried(self, said: Said) -> bool:
        """ "marcus at gmail", and nothing but that; not "see you at the bar" """
        words = [token.key for token in said.tokens if token.kind != "sign"]
        if "at" not in words[1:-1] or len(words) > _MOST_WORDS_OF_A_TRY:
            return False
        at = words.index("at", 1)
        return words[at + 1] in self._providers or (
            words[at - 1] not in self._before and words[at + 1] not in self._before
        )


def _run(said: Said, tokens: list[int], at: int) -> int:
    """Where the word begins that ends there, written in one: `x70a`, `john.smith`."""
    start = at
    last = said.tokens[tokens[at]]
    if last.kind == "sign" and last.key not in _GLUE:
        return at
    while start > 0 and at - start < _MOST_TOKENS and said.tokens[tokens[start]].glued:
        before = said.tokens[tokens[start - 1]]
        if tokens[start - 1] != tokens[start] - 1 or (before.kind == "sign" and before.key not in _GLUE):
            break
        start -= 1
    return start
