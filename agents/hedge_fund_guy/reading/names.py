"""Names in any phrasing and script. "I'm Marcus" gives one, "I'm tired" and "I'm long Tesla" do not."""

import re
from dataclasses import dataclass

from agents.hedge_fund_guy.reading.name_words import NameWords, is_capital
from agents.hedge_fund_guy.reading.said import Clause, Said, spelled
from agents.hedge_fund_guy.reading.tables import Table
from agents.understanding.phrases import Cue

_AFTER_A_LEAD = frozenset((":", "-", "=", '"', "'", "is", "just", "actually", "really", "spelled", "spelt", "hai", "है"))
_OWN = frozenset(("my", "the", "full", "first", "real", "legal", "a"))
_AFTER_YOU = frozenset(("call", "its", "it", "im", "i"))  # "I told you it's Jon"
_BARE_LEADS = (["names"], ["name"], ["it", "says"])
_SUBJECTS = frozenset(("i", "you", "we"))
# "John is fine", "John at your service", not "John at work says gold is going up".
_OF_A_SENTENCE = frozenset(
    ("at", "in", "is", "was", "to", "for", "on", "by", "works", "will", "thinks", "makes", "earn")
)
_MOST_OF_A_SENTENCE = 3
_NO_END = frozenset("&/%@$=<>{")  # S&P, P/E
_MOST_LEADS = 40  # beyond which a message is no introduction
_UNSPACED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:我叫|我的名字是|我的名字叫|叫我|我名叫)\s?([\u4e00-\u9fff]{2,4})",
        r"(?:名前は|私は|僕は|俺は)\s?([\u3040-\u30ff\u4e00-\u9fffー]{2,12}?)(?:です|だ|と申します|といいます|と言います|$)",
        r"(?:이름은|저는|나는)\s?([\uac00-\ud7a3]{2,5}?)(?:입니다|이에요|예요|이야|야|라고|$)",
        r"ชื่อ\s?([\u0e01-\u0e4e]{2,20})",
    )
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is written, over the characters ``start:end``."""

    value: str
    start: int
    end: int


class Names:
    def __init__(self, table: Table) -> None:
        self._others = frozenset(spelled(word.strip()) for word in table["owners"]["others"].split(","))
        self._words = NameWords(table)

    def find(self, said: Said, *, introduces: bool) -> Named | None:
        """`introduces`: the message gives a mail address as well, so that a name by itself is one."""
        for pattern in _UNSPACED:
            if match := pattern.search(said.text):
                return Named(match[1], *match.span(1))
        parts = self._find(said, introduces=introduces)
        if not parts:
            return None
        parts = self._said_in_full(said, parts)
        start, end = self._words.span(said, parts)
        value = self._words.written(said.text[start:end])
        surname = self._surname(said, parts) if len(parts) == 1 else None
        return Named(f"{value} {surname}" if surname else value, start, end)

    def _find(self, said: Said, *, introduces: bool) -> list[int] | None:
        corrects = bool(said.cued("names.correct"))
        strong: list[list[int]] = []
        weak: list[list[int]] = []
        for tag, found_so in (("strong", strong), ("self", weak), ("it", weak)):
            for cue in said.cued(f"names.{tag}")[:_MOST_LEADS]:
                if parts := self._after_lead(said, cue, tag, corrects=corrects, introduces=introduces):
                    found_so.append(parts)
        weak.sort()
        if found := strong or weak:
            return found[-1 if corrects else 0]
        for clause in said.clauses:
            if parts := self._followed(said, clause):
                return parts
        return self._contrasted(said) or self._bare(said, introduces=introduces)

    def _after_lead(self, said: Said, cue: Cue, tag: str, *, corrects: bool, introduces: bool) -> list[int] | None:
        """The name behind "my name is" (strong), "I'm" (self) or "it's", where what stands there looks like one."""
        if self._is_anothers(said, cue):
            return None
        at = cue.last
        while said.key(at) in _AFTER_A_LEAD:
            at += 1
        strong = tag == "strong"
        at += strong and said.key(at) == "the" and at + 1 < len(said.tokens) and is_capital(said, at + 1)
        parts = self._words.parts(said, at)
        if not parts:
            return None
        if strong:
            return parts if self._is_strong(said, cue, parts) else None
        first = said.tokens[parts[0]]
        asked = said.asked == "name"
        everyday = asked and self._words.is_everyday(first)
        if not (self._words.may_be(first) or everyday) or not self._words.ends(said, parts):
            return None
        follows = said.key(parts[-1] + 1)
        if self._words.is_known(first) or follows in ("here", "speaking", "calling", "again"):
            return parts
        by_the_way = follows == "btw" or said.keys(parts[-1] + 1, parts[-1] + 4) == ["by", "the", "way"]
        if by_the_way and len(parts) > 1 and self._words.all_may_be(said, parts) and self._words.could_be(said, parts):
            return parts
        capital = is_capital(said, parts[0]) and not _lists_words(said)
        if asked or (introduces and tag == "self"):
            return parts if everyday or capital or self._words.could_be(said, parts) else None
        return parts if capital and self._words.is_no_label(first) and (tag == "self" or corrects) else None

    def _is_strong(self, said: Said, cue: Cue, parts: list[int]) -> bool:
        first = said.tokens[parts[0]]
        ends, capital = self._words.ends(said, parts), is_capital(said, parts[0])
        if not self._words.may_be(first):
            # "My name is Bond", "my name is will", not "my name is none of your business"
            return ends and (
                (capital and first.key not in self._words.after | self._words.polite) or self._words.is_everyday(first)
            )
        if said.keys(cue.first, cue.last) in _BARE_LEADS and not capital and first.text.isascii():
            return ends and (said.key(cue.last) == ":" or self._words.could_be(said, parts))
        return ends or capital or not first.text.isascii() or self._words.is_known(first)

    def _is_anothers(self, said: Said, cue: Cue) -> bool:
        """ "my dog's name is", "is your name", "his name is", "don't call me" """
        before = said.key(cue.first - 1)
        if before == "you":
            return said.key(cue.first) not in _AFTER_YOU
        if before in self._others or before in ("dont", "never"):
            return True
        if said.key(cue.first) not in ("name", "names") or cue.first == 0:
            return False
        return said.tokens[cue.first - 1].kind == "word" and before not in _OWN | self._words.polite

    def _followed(self, said: Said, clause: Clause) -> list[int] | None:
        """ "Marcus here", "Doc is what they call me", "Tim's the name" """
        tokens = said.tokens[clause.first : clause.last]
        if (
            len(tokens) > 2
            and tokens[0].text.endswith("'s")
            and tokens[1].key in ("the", "my")
            and tokens[2].key == "name"
        ):
            return [clause.first]
        cues = said.cued("names.follows", clause.first, clause.last)
        if not cues:
            return None
        last = cues[0].first
        parts = self._words.parts(said, self._words.skip_polite(said, clause.first, last))
        if not self._words.all_may_be(said, parts) or parts[-1] + 1 < last:
            return None
        sure = said.key(last) in ("here", "speaking") or {"my", "the", "what"} & set(said.keys(last, last + 2))
        known = self._words.is_known(said.tokens[parts[0]])
        return parts if said.asked == "name" or known or (is_capital(said, parts[0]) and sure) else None

    def _contrasted(self, said: Said) -> list[int] | None:
        """ "not Bob, Rob"; "Rob, not Bob" """
        for index, clause in enumerate(said.clauses):
            wrong = list(range(clause.first + 1, clause.last))
            if said.key(clause.first) != "not" or not 0 < len(wrong) < 4 or not self._words.all_may_be(said, wrong):
                continue
            for right in (*said.clauses[index + 1 : index + 2], *said.clauses[max(0, index - 1) : index]):
                parts = self._words.parts(said, self._words.skip_polite(said, right.first, right.last))
                if not self._words.all_may_be(said, parts) or parts[-1] + 1 < right.last:
                    continue
                known = self._words.is_known(said.tokens[parts[0]])
                if said.asked == "name" or known or is_capital(said, wrong[0]):
                    return parts
        return None

    def _bare(self, said: Said, *, introduces: bool) -> list[int] | None:
        """A name by itself: where it was asked for, or beside a mail address."""
        asked = said.asked == "name"
        if not (introduces or asked):
            return None
        nothing_yet = True  # but "sure"
        for clause in said.clauses:
            if clause.asks:
                continue
            for first, last in _stretches(said, clause):
                start = self._words.skip_polite(said, first, last)
                parts = self._words.parts(said, start) if start < last else []
                if not parts:
                    nothing_yet = nothing_yet and start >= last
                    continue
                end = parts[-1] + 1
                token = said.tokens[parts[0]]
                known = self._words.is_known(token) or is_capital(said, parts[0]) or not token.text.isascii()
                is_subject = not _SUBJECTS.isdisjoint(said.keys(first, start))
                guessed = asked and nothing_yet and not is_subject and self._words.could_be(said, parts)
                nothing_yet = False
                follows = self._words.after if known else self._words.sure_after
                whole = end >= last or said.tokens[end].kind == "sign" or said.key(end) in follows
                whole = whole and not (said.key(end) in _OF_A_SENTENCE and last - end > _MOST_OF_A_SENTENCE)
                if not asked and all(len(said.key(at)) == 1 for at in parts):
                    continue  # P.S.
                if "not" in said.keys(first, start) or self._is_told_of(said, end):
                    continue
                if said.key(end) in _NO_END and said.tokens[end].glued:
                    continue
                sure = self._words.all_may_be(said, parts) or (asked and self._is_twice(said, parts))
                if whole and sure and (known or guessed):
                    return parts
        return None

    def _is_told_of(self, said: Said, end: int) -> bool:
        """ "Elon Musk is a fraud", not "Marcus is fine" """
        return said.key(end) in ("is", "was") and said.key(end + 1) in ("a", "an", "my", "the", "not", "wrong", "right")

    def _said_in_full(self, said: Said, parts: list[int]) -> list[int]:
        """ "Bond. James Bond." and "jake, jake morrison" """
        if len(parts) > 1 or said.key(parts[0] + 1) not in (".", ",", "-", "…"):
            return parts
        full = self._words.parts(said, parts[0] + 2)
        is_full = len(full) > 1 and said.key(parts[0]) in (said.key(full[0]), said.key(full[-1]))
        return full if is_full else parts

    def _is_twice(self, said: Said, parts: list[int]) -> bool:
        return self._said_in_full(said, parts) != parts

    def _surname(self, said: Said, parts: list[int]) -> str | None:
        """ "first name Lena, last name Hoffmann" """
        for cue in said.cued("names.surname"):
            at = cue.last
            while said.key(at) in _AFTER_A_LEAD:
                at += 1
            found = self._words.parts(said, at)
            if found and found[0] > parts[-1] and self._words.all_may_be(said, found):
                return self._words.written(said.text[slice(*self._words.span(said, found))])
        return None


def _stretches(said: Said, clause: Clause) -> list[tuple[int, int]]:
    """The clause without the tokens that are settled (an address, an income)."""
    stretches: list[tuple[int, int]] = []
    first = clause.first
    for at in range(clause.first, clause.last + 1):
        if at == clause.last or at in said.taken:
            if at > first:
                stretches.append((first, at))
            first = at + 1
    return stretches


def _lists_words(said: Said) -> bool:
    """Every Word Is Written With A Capital."""
    words = [token for token in said.tokens if token.kind == "word"]
    return len(words) > 4 and all(word.text[0].isupper() for word in words)
