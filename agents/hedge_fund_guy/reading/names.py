"""Names in any phrasing and script. "I'm Marcus" gives one, "I'm tired" and "I'm long Tesla" do not."""

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from agents.hedge_fund_guy.reading.said import Clause, Said, spelled
from agents.understanding.phrases import Cue, Phrasebook
from tools.numbers import Token

_MOST_PARTS = 6
_LONGEST = 80
_AFTER_A_LEAD = frozenset((":", "-", "=", '"', "'", "is", "are", "be", "just", "actually", "really", "hai", "है", "on"))
_INSIDE = frozenset((".", "-", '"'))
_NO_ENDINGS = ("ing", "ish", "ly", "tion", "ness", "ful", "less", "ous", "able", "ible")
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
    def __init__(self) -> None:
        file = resources.files("agents.hedge_fund_guy.reading") / "words" / "names.toml"
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        self._leads = Phrasebook({tag: tables["cues"][tag] for tag in ("strong", "weak")}, spelled)
        self._follows = Phrasebook({"follows": tables["cues"]["follows"]}, spelled)
        self._corrects = Phrasebook({"correct": tables["cues"]["correct"]}, spelled)
        self._others = frozenset(spelled(word.strip()) for word in tables["cues"]["others"].split(","))
        words = {name: frozenset(map(spelled, table.split())) for name, table in tables["words"].items()}
        self._titles, self._suffixes, self._particles = words["titles"], words["suffixes"], words["particles"]
        self._after, self._polite = words["after"], words["polite"]
        self._given, self._everyday = words["given"], words["everyday"]
        self._never = words["never"] - (words["given"] - words["everyday"])

    def find(self, said: Said, *, introduces: bool) -> Named | None:
        """`introduces`: the message gives a mail address as well, so that a name by itself is one."""
        for pattern in _UNSPACED:
            if match := pattern.search(said.text):
                return Named(match[1], *match.span(1))
        leads = self._leads.find(said.tokens)
        corrects = bool(self._corrects.find(said.tokens))
        found = [named for cue in leads if (named := self._after_lead(said, cue, corrects))]
        strong = [named for named in found if named[1]]
        if found:
            return (strong or found)[-1 if corrects else 0][0]
        for clause in said.clauses:
            if followed := self._followed(said, clause):
                return followed
        return self._contrasted(said) or self._bare(said, introduces=introduces)

    def _after_lead(self, said: Said, cue: Cue, corrects: bool) -> tuple[Named, bool] | None:
        """The name behind "my name is" (strong) or "I'm" (weak), where what stands there looks like one."""
        is_strong = cue.tag == "strong"
        if self._is_anothers(said, cue):
            return None
        at = cue.last
        while said.key(at) in _AFTER_A_LEAD:
            at += 1
        if said.key(at) == "not":
            return None
        parts = self._parts(said, at)
        if not parts or not (self._may_be(parts[0]) or (is_strong and parts[0].key in self._everyday)):
            return None
        subject = said.keys(cue.first, cue.last)
        if is_strong:
            lead_alone = subject in (["names"], ["name"], ["it", "says"])
            sure = (
                not lead_alone or parts[0].text[0].isupper() or said.key(cue.last) == ":" or not parts[0].text.isascii()
            )
            if not sure and not self._ends(said, parts):
                return None
            if parts[0].text.islower() and not self._ends(said, parts) and parts[0].key not in self._given:
                return None
            return self._named(said, parts), True
        if not self._ends(said, parts):
            return None
        personal = (
            subject in (["im"], ["i", "am"], ["i", "m"], ["am"]) or not subject[0].isascii() or len(subject[0]) > 4
        )
        asked = said.asked == "name"
        if self._is_known(parts[0]) or self._ends_with_speaking(said, parts):
            looks_so = True
        elif personal:
            looks_so = asked or (_is_capital(said, parts[0]) and not _lists_words(said))
        else:
            looks_so = asked or (corrects and _is_capital(said, parts[0]))
        return (self._named(said, parts), False) if looks_so else None

    def _is_anothers(self, said: Said, cue: Cue) -> bool:
        """ "my dog's name is", "is your name", "his name"; "don't call me" """
        before = said.keys(cue.first - 2, cue.first)
        if any(key in self._others for key in before[-1:]) or before[-1:] in (["dont"], ["never"], ["you"]):
            return before[-1:] != ["you"] or said.key(cue.first) not in ("call",)
        names = said.key(cue.first) in ("name", "names")
        return (
            names
            and bool(before)
            and before[-1] not in ("my", "the", "full", "first", "real", "legal", "a")
            and (said.tokens[cue.first - 1].kind == "word" and said.key(cue.first - 1) not in self._polite)
        )

    def _followed(self, said: Said, clause: Clause) -> Named | None:
        """ "Marcus here", "Doc is what they call me" """
        cues = self._follows.find(said.tokens[clause.first : clause.last])
        if not cues:
            return None
        last = clause.first + cues[0].first
        first = self._skip_polite(said, clause.first, last)
        parts = self._parts(said, first)
        if not parts or said.tokens.index(parts[-1]) + 1 < last or not all(self._may_be(part) for part in parts):
            return None
        weak = said.key(last) not in ("here", "speaking") and said.keys(last, last + 2) not in (
            ["is", "my"], ["is", "the"], ["is", "what"], ["my", "name"]
        )  # fmt: skip
        capital = _is_capital(said, parts[0])
        if said.asked == "name" or self._is_known(parts[0]) or (capital and not weak):
            return self._named(said, parts)
        return None

    def _contrasted(self, said: Said) -> Named | None:
        """ "not Bob, Rob"; "Rob, not Bob" """
        for index, clause in enumerate(said.clauses):
            if said.key(clause.first) != "not" or clause.last - clause.first > 4:
                continue
            wrong = said.tokens[clause.first + 1 : clause.last]
            if not wrong or not all(part.kind == "word" and self._may_be(part) for part in wrong):
                continue
            for other in (said.clauses[index + 1 : index + 2], said.clauses[max(0, index - 1) : index]):
                for right in other:
                    first = self._skip_polite(said, right.first, right.last)
                    parts = self._parts(said, first)
                    whole = parts and said.tokens.index(parts[-1]) + 1 >= right.last
                    if whole and all(self._may_be(part) for part in parts):
                        if said.asked == "name" or self._is_known(parts[0]) or _is_capital(said, wrong[0]):
                            return self._named(said, parts)
        return None

    def _bare(self, said: Said, *, introduces: bool) -> Named | None:
        """A name by itself: where it was asked for, or beside a mail address."""
        if not introduces and said.asked != "name":
            return None
        for index, clause in enumerate(said.clauses):
            if clause.asks:
                continue
            for first, last in self._stretches(said, clause):
                start = self._skip_polite(said, first, last)
                parts = self._parts(said, start)
                if not parts or not all(self._may_be(part) for part in parts):
                    continue
                end = said.tokens.index(parts[-1]) + 1
                known = self._is_known(parts[0]) or _is_capital(said, parts[0]) or not parts[0].text.isascii()
                whole = end >= last or (known and said.key(end) in self._after) or said.tokens[end].kind == "sign"
                if whole and (known or (index == 0 and said.asked == "name" and self._could_be(parts))):
                    return self._named(said, self._said_twice(said, clause, parts))
        return None

    def _stretches(self, said: Said, clause: Clause) -> list[tuple[int, int]]:
        """The clause without the tokens that are settled (an address, an income)."""
        stretches: list[tuple[int, int]] = []
        first = clause.first
        for at in range(clause.first, clause.last + 1):
            if at == clause.last or at in said.taken:
                if at > first:
                    stretches.append((first, at))
                first = at + 1
        return stretches

    def _said_twice(self, said: Said, clause: Clause, parts: list[Token]) -> list[Token]:
        """ "Bond. James Bond." """
        following = next((after for after in said.clauses if after.first >= clause.last), None)
        if following and len(parts) == 1:
            full = self._parts(said, following.first)
            if len(full) > 1 and full[-1].key == parts[0].key:
                return full
        return parts

    def _skip_polite(self, said: Said, first: int, last: int) -> int:
        while first < last and (
            (said.key(first) in self._polite and said.key(first) not in self._given)
            or said.tokens[first].kind == "sign"
        ):
            first += 1
        return first

    def _parts(self, said: Said, at: int) -> list[Token]:
        """The tokens of a name from there on; a title, initials, hyphens and a nickname in quotes belong to it."""
        parts: list[Token] = []
        while at < len(said.tokens) and len(parts) <= _MOST_PARTS:
            token = said.tokens[at]
            if at in said.taken or (parts and "\n" in said.text[parts[-1].end : token.start]):
                break
            if token.kind == "sign":
                if token.key in _INSIDE and parts and self._goes_on(said, at):
                    at += 1
                    continue
                break
            if token.kind != "word" or not (self._fits(token, parts)):
                break
            parts.append(token)
            at += 1
        while parts and parts[-1].key in self._particles and len(parts) > 1 and parts[-1].text.islower():
            parts.pop()
        return [] if len(parts) > _MOST_PARTS else parts

    def _goes_on(self, said: Said, at: int) -> bool:
        following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
        before = said.tokens[at - 1]
        if following is None or following.kind != "word":
            return False
        sign = said.key(at)
        if sign == "-":
            return said.tokens[at].glued and following.glued
        if sign == '"':
            return following.text[0].isupper() or said.key(at + 2) == '"' or said.key(at - 2) == '"'
        return len(before.text) == 1 or before.key in self._titles | {"st", "jr", "sr"} or following.glued

    def _fits(self, token: Token, parts: list[Token]) -> bool:
        """Whether a word goes on with the name before it, or starts one."""
        key, capital = token.key, token.text[0].isupper()
        if not parts:
            return True
        if key in self._suffixes or (
            key in self._particles and parts[0].key not in ("", *self._titles) and key not in "ei"
        ):
            return True
        if len(token.text) == 1:
            return capital and key != "i"
        if key in self._after or (key in self._never and not (capital and parts[0].text[0].isupper())):
            return False
        if key in self._never and key not in self._given and key in ("i", "im", "what", "how", "the", "and"):
            return False
        if capital or not token.text.isascii() or not parts[0].text[0].isupper():
            return True
        return False

    def _may_be(self, part: Token) -> bool:
        if part.key in self._titles or part.key in self._suffixes or part.key in self._particles:
            return True
        return part.key not in self._never or (part.text[0].isupper() and part.key in self._given)

    def _could_be(self, parts: list[Token]) -> bool:
        """Small letters in answer to the question: a word or two that no grammar gives away."""
        return len(parts) <= 4 and not any(part.key.endswith(_NO_ENDINGS) for part in parts)

    def _is_known(self, part: Token) -> bool:
        return part.key in self._titles or (
            part.key in self._given and (part.key not in self._everyday or part.text[0].isupper())
        )

    def _ends(self, said: Said, parts: list[Token]) -> bool:
        """What follows is not the rest of a sentence that began otherwise."""
        at = said.tokens.index(parts[-1]) + 1
        if at >= len(said.tokens) or at in said.taken:
            return True
        token = said.tokens[at]
        if token.kind == "sign":
            return token.key not in "$€£%&@/'" or (token.key == "/" and not token.glued)
        return token.key in self._after

    def _ends_with_speaking(self, said: Said, parts: list[Token]) -> bool:
        return said.key(said.tokens.index(parts[-1]) + 1) in ("here", "speaking", "calling") and self._may_be(parts[0])

    def _named(self, said: Said, parts: list[Token]) -> Named:
        start, end = parts[0].start, parts[-1].end
        titled = parts[0].key in {"mr", "mrs", "ms", "miss", "mx"} and len(parts) > 2
        if titled:
            start = parts[1].start
        elif end < len(said.text) and said.text[end] == "." and parts[-1].key in {"jr", "sr"}:
            end += 1
        return Named(written(said.text[start:end], self._particles)[:_LONGEST], start, end)


def written(name: str, particles: frozenset[str] = frozenset()) -> str:
    """Names typed in one case get capitals; a person's own mixed case stays."""
    clean = " ".join(name.replace('"', "").split())
    letters = "".join(filter(str.isalpha, clean))
    if not (letters.islower() or (letters.isupper() and len(letters) > 3)):
        return clean
    words = clean.lower().split()
    return " ".join(
        word if word in particles and 0 < at < len(words) - 1 else _capitals(word) for at, word in enumerate(words)
    )


def _capitals(word: str) -> str:
    if word.rstrip(".") in ("ii", "iii", "iv"):
        return word.upper()
    return re.sub(r"(?<![^\W\d_])[^\W\d_]", lambda match: match.group().upper(), word)


def _is_capital(said: Said, token: Token) -> bool:
    """With a capital in a text that is not all capitals."""
    return token.text[0].isupper() and not (said.text.isupper() and len(said.tokens) > 2)


def _lists_words(said: Said) -> bool:
    """Every Word Is Written With A Capital."""
    words = [token for token in said.tokens if token.kind == "word"]
    return len(words) > 4 and all(word.text[0].isupper() for word in words)
