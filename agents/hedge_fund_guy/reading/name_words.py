"""Which words make up a name, and how it is written."""

import re

from agents.hedge_fund_guy.reading.said import Said
from agents.hedge_fund_guy.reading.tables import Table, word_set
from tools.numbers import Token

_MOST_PARTS = 6
_LONGEST = 80
_INSIDE = frozenset((".", "-", '"'))
_DOTTED = frozenset(("mr", "mrs", "ms", "mx", "dr", "prof", "st", "jr", "sr", "lt", "col", "capt", "gen", "sgt"))
_DROPPED_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "sir"))
_LABELS = ("ian", "ese", "ish", "ani", "ean", "ist", "ican")
_NO_ENDINGS = ("ing", "ish", "ly", "tion", "ness", "ful", "less", "ous", "able", "ible", "nt", "ic", "ive")


class NameWords:
    """A name is a list of places of tokens."""

    def __init__(self, table: Table) -> None:
        words = {name: word_set(listed) for name, listed in table["words"].items()}
        self.polite, self.after, self.sure_after = words["polite"], words["after"], words["sure_after"]
        self._titles, self._suffixes, self._particles = words["titles"], words["suffixes"], words["particles"]
        self._given, self._everyday = words["given"], words["everyday"]
        self._never = words["never"] - (words["given"] - words["everyday"])

    def parts(self, said: Said, at: int) -> list[int]:
        """The tokens of a name from there on; initials, hyphens and a nickname in quotes belong to it."""
        found: list[int] = []
        while at < len(said.tokens) and len(found) <= _MOST_PARTS:
            token = said.tokens[at]
            if at in said.taken or (found and "\n" in said.text[said.tokens[found[-1]].end : token.start]):
                break
            if token.kind == "sign" and token.key in _INSIDE and found and self._goes_on(said, at):
                at += 1
                continue
            if token.kind != "word" or (found and not self._fits(said, at, found[0])):
                break
            found.append(at)
            at += 1
        while len(found) > 1 and self._leads_on(said.tokens[found[-1]]):
            found.pop()
        return [] if len(found) > _MOST_PARTS else found

    def _leads_on(self, token: Token) -> bool:
        """A particle cannot be the end of a name."""
        return token.key in self._particles and token.text.islower() and not token.glued

    def _goes_on(self, said: Said, at: int) -> bool:
        """Whether a sign is inside a name: J. R., Mary-Jane, Tony "Big" Soprano."""
        following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
        if following is None or following.kind != "word":
            return False
        sign, before = said.key(at), said.tokens[at - 1]
        if sign == "-":
            return said.tokens[at].glued and following.glued
        if sign == '"':
            return following.text[0].isupper() or said.key(at + 2) == '"' or said.key(at - 2) == '"'
        return len(before.text) == 1 or before.key in _DOTTED or following.glued

    def _fits(self, said: Said, at: int, first: int) -> bool:
        """Whether a word goes on with the name before it."""
        token, start = said.tokens[at], said.tokens[first].text[0]
        key, capital = token.key, token.text[0].isupper()
        if key in self._suffixes or (key in self._particles and len(key) > 1 and said.key(first) not in self._titles):
            return True
        if len(token.text) == 1:
            initial = said.key(at + 1) == "." and key not in "iu"  # tasha b.
            return (capital and key != "i") or (token.glued and said.key(at - 1) == "-") or initial
        both_capital = capital and start.isupper() and not said.text.isupper()
        if key in self.after:
            return both_capital and at + 1 >= len(said.tokens)
        if key in self._never and not both_capital:
            return False
        return capital or not token.text.isascii() or not start.isupper()

    def may_be(self, token: Token) -> bool:
        """No word of everyday grammar, mood, markets or days; a given name with a capital may be one of those too."""
        if token.key in self._titles or token.key in self._suffixes:
            return True
        if token.text.endswith("'s") or not token.text[0].isalpha():
            return False
        return token.key not in self._never or (token.text[0].isupper() and token.key in self._given)

    def all_may_be(self, said: Said, parts: list[int]) -> bool:
        """The first word decides where all have a capital: An of Nguyễn Văn An is a name."""
        if not parts or not self.may_be(said.tokens[parts[0]]):
            return False
        capitals = is_capital(said, parts[0])
        return all(
            (capitals and is_capital(said, at)) or said.key(at) in self._particles or self.may_be(said.tokens[at])
            for at in parts[1:]
        )

    def is_known(self, token: Token) -> bool:
        """A given name seen before, or a title."""
        given = token.key in self._given and (token.key not in self._everyday or token.text[0].isupper())
        return given or token.key in self._titles

    def is_everyday(self, token: Token) -> bool:
        """Will, Grace, Mark: names that are words as well."""
        return token.key in self._everyday

    def could_be(self, said: Said, parts: list[int]) -> bool:
        """In small letters: few words, of which the first is not given away by its ending."""
        return len(parts) <= 4 and not said.key(parts[0]).endswith(_NO_ENDINGS)

    def is_no_label(self, token: Token) -> bool:
        """Not what one is: Nigerian, CEO, INTJ."""
        return not token.key.endswith(_LABELS) and not (token.text.isupper() and len(token.text) > 2)

    def ends(self, said: Said, parts: list[int]) -> bool:
        """What follows is not the rest of a sentence that began otherwise."""
        at = parts[-1] + 1
        if at >= len(said.tokens) or at in said.taken:
            return True
        token = said.tokens[at]
        if token.kind == "sign":
            return token.key not in "$€£%&@/'" or (token.key == "/" and not token.glued)
        return token.key in self.after

    def skip_polite(self, said: Said, first: int, last: int) -> int:
        """The first token that is more than "sure, it's"."""
        while first < last and (
            said.tokens[first].kind == "sign"
            or (said.key(first) in self.polite and not self.is_known(said.tokens[first]))
        ):
            first += 1
        return first

    def span(self, said: Said, parts: list[int]) -> tuple[int, int]:
        """Where the name stands: without Mr before a full name, with the full stop of Jr. and T.J."""
        dropped = len(parts) > 2 and said.key(parts[0]) in _DROPPED_TITLES
        last = said.tokens[parts[-1]]
        start, end = said.tokens[parts[1 if dropped else 0]].start, last.end
        dotted = last.key in ("jr", "sr") or (len(last.text) == 1 and (last.text.isupper() or len(parts) > 1))
        return start, end + (dotted and said.text[end : end + 1] == ".")

    def written(self, name: str) -> str:
        """Names typed in one case get capitals; a person's own mixed case stays."""
        clean = " ".join(name.replace('"', "").removesuffix("'s").split())[:_LONGEST]
        letters = "".join(filter(str.isalpha, clean))
        if not (letters.islower() or (letters.isupper() and len(letters) > 3)):
            return clean
        words = clean.lower().split()
        inner = range(1, len(words) - 1)
        return " ".join(
            word if word in self._particles and at in inner else _capitals(word) for at, word in enumerate(words)
        )


def is_capital(said: Said, at: int) -> bool:
    """With a capital, in a text that is not all capitals."""
    return said.tokens[at].text[0].isupper() and not (said.text.isupper() and len(said.tokens) > 2)


def _capitals(word: str) -> str:
    if word.rstrip(".") in ("ii", "iii", "iv"):
        return word.upper()
    return re.sub(r"(?<![^\W\d_])[^\W\d_]", lambda match: match.group().upper(), word)
