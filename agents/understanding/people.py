"""Name, employer, employment and address: words rather than figures."""

import re
from collections.abc import Sequence

from agents.understanding.message import Findings, Message
from tools.numbers import Token, fold
from tools.numbers.words import CARDINALS, ENGLISH_TENS, SCALES

_NAME_LEADS: tuple[tuple[str, ...], ...] = tuple(
    tuple(fold(word) for word in lead.split())
    for lead in (
        "my full name is",
        "my name is",
        "my name",
        "name is",
        "full name",
        "the name is",
        "mera pura naam",
        "mera poora naam",
        "mera naam",
        "mera name",
        "naam hai mera",
        "naam",
        "name",
        "myself",
        "मेरा पूरा नाम",
        "मेरा नाम",
        "नाम",
    )
)
# After these a name counts only when it looks like one: "I am Priya", not "I am looking".
_WEAK_LEADS: tuple[tuple[str, ...], ...] = tuple(
    tuple(fold(word) for word in lead.split())
    for lead in ("i am", "im", "this is", "its", "it is", "main", "mai", "call me", "me", "मैं", "मै")
)
_SELF = frozenset({"main", "mai", "me", "मैं", "मै"})
_SPEAKING = frozenset({"bol", "बोल"})
_SAYS_WHO = frozenset(
    fold(word)
    for word in ["hoon", "hun", "hu", "hoo", "hain", "bol", "speaking", "here", "baat", "हूँ", "हूं", "हु", "बोल", "बात"]
)
_NOT_A_NAME = frozenset(
    fold(word)
    for word in [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "am",
        "be",
        "been",
        "i",
        "you",
        "we",
        "he",
        "she",
        "they",
        "it",
        "me",
        "my",
        "mine",
        "your",
        "our",
        "his",
        "her",
        "its",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "and",
        "or",
        "but",
        "if",
        "so",
        "not",
        "no",
        "yes",
        "ok",
        "okay",
        "sure",
        "hi",
        "hello",
        "hey",
        "please",
        "thanks",
        "thank",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "as",
        "about",
        "up",
        "out",
        "into",
        "over",
        "under",
        "than",
        "then",
        "what",
        "why",
        "how",
        "when",
        "where",
        "who",
        "which",
        "whose",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "do",
        "does",
        "did",
        "done",
        "have",
        "has",
        "had",
        "want",
        "wants",
        "need",
        "needs",
        "get",
        "got",
        "give",
        "take",
        "make",
        "pay",
        "know",
        "tell",
        "ask",
        "say",
        "said",
        "go",
        "going",
        "come",
        "looking",
        "interested",
        "calling",
        "applying",
        "working",
        "living",
        "staying",
        "student",
        "salaried",
        "employed",
        "unemployed",
        "retired",
        "self",
        "business",
        "freelancer",
        "engineer",
        "teacher",
        "doctor",
        "manager",
        "married",
        "single",
        "indian",
        "citizen",
        "male",
        "female",
        "sir",
        "madam",
        "bhai",
        "loan",
        "loans",
        "emi",
        "amount",
        "rupees",
        "money",
        "lakh",
        "lakhs",
        "lac",
        "crore",
        "thousand",
        "hundred",
        "salary",
        "income",
        "month",
        "months",
        "year",
        "years",
        "rate",
        "interest",
        "bank",
        "account",
        "pan",
        "aadhaar",
        "aadhar",
        "otp",
        "code",
        "number",
        "phone",
        "mobile",
        "email",
        "address",
        "name",
        "skip",
        "nothing",
        "none",
        "never",
        "later",
        "now",
        "today",
        "tomorrow",
        "good",
        "fine",
        "great",
        "happy",
        "very",
        "really",
        "actually",
        "sorry",
        "wait",
        "just",
        "only",
        "also",
        "again",
        "still",
        "already",
        "new",
        "old",
        "more",
        "less",
        "hai",
        "hain",
        "hoon",
        "hun",
        "hu",
        "ho",
        "tha",
        "thi",
        "the",
        "ka",
        "ki",
        "ke",
        "ko",
        "se",
        "mein",
        "me",
        "main",
        "mai",
        "mera",
        "meri",
        "mere",
        "mujhe",
        "mujhko",
        "aap",
        "aapka",
        "apna",
        "apni",
        "hum",
        "humara",
        "kya",
        "kyun",
        "kyu",
        "kyon",
        "kaise",
        "kaisa",
        "kab",
        "kahan",
        "kaun",
        "kitna",
        "kitni",
        "kitne",
        "nahi",
        "nahin",
        "nhi",
        "na",
        "haan",
        "haa",
        "ji",
        "han",
        "chahiye",
        "chaiye",
        "chahie",
        "liye",
        "lena",
        "leni",
        "dena",
        "do",
        "karna",
        "karo",
        "kar",
        "raha",
        "rahi",
        "rahe",
        "batao",
        "bataiye",
        "bata",
        "bataunga",
        "bataungi",
        "bol",
        "bolo",
        "naam",
        "poora",
        "pura",
        "aur",
        "ya",
        "lekin",
        "magar",
        "agar",
        "to",
        "toh",
        "bhi",
        "abhi",
        "phir",
        "pehle",
        "baad",
        "yeh",
        "ye",
        "woh",
        "wo",
        "koi",
        "kuch",
        "sab",
        "bas",
        "thik",
        "theek",
        "acha",
        "achha",
        "accha",
        "sahi",
        "galat",
        "naukri",
        "kaam",
        "paisa",
        "paise",
        "rupaye",
        "ghar",
        "shaadi",
        "padhai",
        "kitna",
        "rehne",
        "chhodo",
        "hazaar",
        "hazar",
        "saal",
        "mahine",
        "umar",
        "option",
        "offer",
        "first",
        "second",
        "cancel",
        "stop",
        "start",
        "help",
        "human",
        "agent",
        "है",
        "हैं",
        "हूँ",
        "हूं",
        "था",
        "थी",
        "का",
        "की",
        "के",
        "को",
        "से",
        "में",
        "मैं",
        "मेरा",
        "मेरी",
        "मेरे",
        "मुझे",
        "आप",
        "आपका",
        "अपना",
        "हम",
        "क्या",
        "क्यों",
        "कैसे",
        "कब",
        "कहाँ",
        "कौन",
        "कितना",
        "कितनी",
        "नहीं",
        "ना",
        "हाँ",
        "हां",
        "जी",
        "चाहिए",
        "चाहिये",
        "लिए",
        "लेना",
        "देना",
        "दो",
        "और",
        "या",
        "लेकिन",
        "अगर",
        "भी",
        "अभी",
        "नाम",
        "पूरा",
        "लोन",
        "रुपये",
        "रुपए",
        "लाख",
        "हज़ार",
        "साल",
        "महीने",
        "बताओ",
        "कोई",
        "कुछ",
        "बस",
        "ठीक",
        "अच्छा",
        "सही",
        "गलत",
        "लोन",
    ]
)
_POLITE = frozenset(
    fold(word)
    for word in [
        "ji",
        "sir",
        "madam",
        "sahab",
        "saab",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "smt",
        "shri",
        "kumari",
        "hi",
        "hello",
        "hey",
        "namaste",
        "sure",
        "yes",
        "haan",
        "ok",
        "okay",
        "जी",
        "श्री",
        "श्रीमती",
    ]
)
_NAME_PART = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963'’])*")
_MOST_NAME_PARTS = 5

_EMPLOYER_LEADS: tuple[tuple[str, ...], ...] = tuple(
    tuple(fold(word) for word in lead.split())
    for lead in (
        "i work at",
        "works at",
        "works in",
        "works for",
        "i work for",
        "i work with",
        "work at",
        "work for",
        "work with",
        "working at",
        "working for",
        "working with",
        "work in",
        "working in",
        "employed at",
        "employed with",
        "employed by",
        "employed in",
        "job at",
        "job in",
        "job with",
        "employer is",
        "my employer",
        "employer",
        "company is",
        "company name is",
        "company name",
        "company ka naam",
        "my company",
        "कंपनी का नाम",
    )
)
_EMPLOYER_TAILS: tuple[tuple[str, ...], ...] = tuple(
    tuple(fold(word) for word in tail.split())
    for tail in (
        "mein kaam",
        "me kaam",
        "main kaam",
        "mein job",
        "me job",
        "mein naukri",
        "me naukri",
        "में काम",
        "में नौकरी",
        "में जॉब",
        "mein hoon",
        "me hoon",
        "mein hu",
        "me hu",
    )
)
_EMPLOYER_STOPS = frozenset(
    fold(word)
    for word in [
        "since",
        "for",
        "as",
        "from",
        "and",
        "aur",
        "but",
        "my",
        "i",
        "with",
        "where",
        "hai",
        "hain",
        "hoon",
        "hu",
        "mein",
        "me",
        "se",
        "having",
        "earning",
        "salary",
        "income",
        "last",
        "past",
        "है",
        "हूँ",
        "और",
        "से",
        "में",
    ]
)
_GENERIC_EMPLOYER = frozenset(
    fold(word)
    for word in [
        "a",
        "an",
        "the",
        "some",
        "private",
        "pvt",
        "public",
        "govt",
        "government",
        "sarkari",
        "bank",
        "company",
        "firm",
        "mnc",
        "office",
        "hospital",
        "school",
        "college",
        "shop",
        "factory",
        "it",
        "software",
        "sector",
        "industry",
        "ek",
        "startup",
        "organisation",
        "organization",
        "job",
        "private",
        "limited",
        "department",
        "big",
        "small",
        "local",
        "ngo",
        "state",
        "central",
        "field",
        "line",
        "ek",
        "बैंक",
        "कंपनी",
        "सरकारी",
        "प्राइवेट",
    ]
)
_EMPLOYER_LIGHT = frozenset(
    fold(word)
    for word in [
        "main",
        "mai",
        "i",
        "mein",
        "hum",
        "मैं",
        "hai",
        "its",
        "it",
        "is",
        "name",
        "company",
        "ka",
        "naam",
        "meri",
        "my",
        "mera",
    ]
)
_HOLDS_HOUSE_NUMBER = re.compile(r"\d")
_ADDRESS_LEAD = re.compile(
    r"^\s*(?:(?:my|mera|meri|मेरा)\s+)?(?:current\s+|home\s+|residential\s+)?(?:address|adress|addres|pata|पता|एड्रेस)\s*(?:is|hai|है|:|-)*\s*"
    r"|^\s*i\s+(?:live|stay|reside)\s+(?:at|in)\s+|^\s*(?:residing|staying|living)\s+(?:at|in)\s+",
    re.IGNORECASE,
)
_LEAST_ADDRESS = 8


def read_people(message: Message, found: Findings) -> None:
    _name(message, found)
    _employment(message, found)
    _employer(message, found)
    _address(message, found)


def _lead_end(message: Message, lead: Sequence[str], start: int = 0) -> int | None:
    """Index after the first place where the lead's words stand in a row."""
    for at in range(start, len(message.tokens) - len(lead) + 1):
        if all(message.key(at + offset) == word for offset, word in enumerate(lead)):
            return at + len(lead)
    return None


def _name(message: Message, found: Findings) -> None:
    for lead in _NAME_LEADS:
        end = _lead_end(message, lead)
        if end is not None and not (lead[-1] in {"naam", "name", "नाम"} and message.has("work")):
            parts = _name_parts(message, _skip(message, end, {"is", "hai", ":", "-", "to", "है"}))
            if _put_name(message, found, parts):
                return
    for lead in _WEAK_LEADS:
        end = _lead_end(message, lead)
        if end is None:
            continue
        parts = _name_parts(message, end)
        after = message.key(message.tokens.index(parts[-1]) + 1) if parts else ""
        looks_so = all(part.text[0].isupper() for part in parts)
        if lead[0] in _SELF:  # "main Vikram hoon", not "main TCS mein ..."
            looks_so = after in _SPEAKING or (looks_so and after in _SAYS_WHO)
        if (looks_so or message.asked == "applicant_name") and _put_name(message, found, parts):
            return
    if message.asked == "applicant_name" and not message.has("asks"):
        start = 0
        while start < len(message.tokens) and (
            message.tokens[start].key in _POLITE or message.tokens[start].kind == "sign"
        ):
            start += 1
        parts = _name_parts(message, start)
        rest = message.tokens[message.tokens.index(parts[-1]) + 1 :] if parts else []
        # A bare name stands alone, or with what introduces it ("Priya here", "Priya hai mera naam").
        if all(
            t.kind == "sign" or t.key in _POLITE or t.key in _SAYS_WHO or t.key in _AFTER_A_BARE_NAME for t in rest
        ) or (parts and rest[0].key == ","):
            _put_name(message, found, parts)


_AFTER_A_BARE_NAME = frozenset(
    fold(word) for word in ["hai", "mera", "naam", "name", "raha", "rahi", "is", "my", "है", "मेरा", "नाम"]
)


def _skip(message: Message, at: int, words: set[str]) -> int:
    while message.key(at) in words:
        at += 1
    return at


def _name_parts(message: Message, at: int) -> list[Token]:
    parts: list[Token] = []
    while at < len(message.tokens):
        token = message.tokens[at]
        if (
            token.kind == "sign"
            and parts
            and token.key in {".", "-", "'"}
            and token.glued
            and at + 1 < len(message.tokens)
        ):
            at += 1
            continue
        if token.kind != "word" or at in message.taken or not _NAME_PART.fullmatch(token.text):
            break
        if token.key in _NOT_A_NAME and not (len(token.text) == 1 and token.text.isupper() and token.key not in {"i"}):
            break
        if token.key in _POLITE and not parts:
            at += 1
            continue
        if token.key in _POLITE:
            break
        if parts and "\n" in message.text[parts[-1].end : token.start]:
            break
        parts.append(token)
        at += 1
    return parts


def _put_name(message: Message, found: Findings, parts: Sequence[Token]) -> bool:
    if not 1 <= len(parts) <= _MOST_NAME_PARTS:
        return False
    # Das and Nau are names as well as numbers: written with a capital where the name was asked, a name.
    if all(
        _is_number_word(part.key) and not (message.asked == "applicant_name" and part.text.istitle()) for part in parts
    ):
        return False
    if any(part.key in SCALES and len(part.key) > 1 for part in parts) or all(len(part.text) == 1 for part in parts):
        return False
    start, end = parts[0].start, parts[-1].end
    found.put("applicant_name", _written(message.text[start:end]), start, end)
    if message.has("correction") and (message.asked != "applicant_name"):
        found.corrects.append("applicant_name")
    for part in parts:
        message.taken.add(message.tokens.index(part))
    return True


def _is_number_word(key: str) -> bool:
    return key in CARDINALS or key in ENGLISH_TENS


def _written(name: str) -> str:
    """Names typed in one case get capitals; a customer's own mixed case stays."""
    words = name.split()
    one_case = name.islower() or (name.isupper() and any(len(word.strip(".")) > 2 for word in words))
    if not one_case:
        return " ".join(word.capitalize() if word.islower() and word.isascii() else word for word in words)
    return " ".join(re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word.lower()) for word in words)


def _employment(message: Message, found: Findings) -> None:
    if message.asked == "purpose":  # "apni dukaan badhani hai" tells what for
        return
    for kind in ("unemployed", "self_employed", "retired", "student", "salaried"):
        for cue in message.tagged(kind):
            clause = message.clause_of(cue.first)
            other = message.inside(clause.first, cue.first, "kin") or _is_negated(message, cue.first, cue.last)
            purpose = message.key(cue.last) in {"ke", "k", "के"} and message.key(cue.last + 1) in {
                "lie",
                "liye",
                "liy",
                "लिए",
            }
            for_it = message.key(cue.first - 1) in {"for", "my"} and kind in {"self_employed", "student"}
            if not other and not purpose and not for_it:
                found.put("employment", kind, *message.span(cue.first, cue.last))
                if message.has("correction") and message.asked != "employment":
                    found.corrects.append("employment")
                return
    if message.asked == "employment" and not found.has("employment") and len(message.tokens) <= 2:
        for token in message.tokens:
            if token.key in {"business", "busines", "busnes", "bisnes"}:
                found.put("employment", "self_employed", token.start, token.end)


def _is_negated(message: Message, first: int, last: int) -> bool:
    return message.key(first - 1) in {"not", "nahi", "नहीं"} or message.key(last) in {"nahi", "nahin", "nhi", "नहीं"}


def _employer(message: Message, found: Findings) -> None:
    span = _employer_span(message)
    if span is None and message.asked == "employer" and not message.has("asks") and not _is_short_reply(message):
        span = _trim(message, 0, len(message.tokens))
    if span is None:
        return
    first, last = span
    start, end = message.span(first, last)
    generic = all(
        message.key(at) in _GENERIC_EMPLOYER or message.tokens[at].kind == "sign" for at in range(first, last)
    )
    if generic or any(q.first < last and q.last > first and q.explicit for q in message.quantities):
        return
    if message.asked != "employer" and message.key(first) in {"a", "an", "ek", "the"}:
        return
    if any(character.isalpha() for character in message.text[start:end]) and end - start <= 80:
        found.put("employer", message.text[start:end], start, end)


def _employer_span(message: Message) -> tuple[int, int] | None:
    for lead in _EMPLOYER_LEADS:
        end = _lead_end(message, lead)
        if end is not None:
            first = _skip(message, end, {"is", "hai", ":", "-", "है"})
            last = first
            while last < len(message.tokens) and not _employer_ends(message, last):
                last += 1
            return (first, last) if last > first else None
    for tail in _EMPLOYER_TAILS:
        end = _lead_end(message, tail)
        if end is not None:
            clause = message.clause_of(end - 1)
            return _trim(message, clause.first, end - len(tail))
    return None


def _employer_ends(message: Message, at: int) -> bool:
    token = message.tokens[at]
    if token.key in _EMPLOYER_STOPS or at in message.taken:
        return True
    return (
        token.kind == "sign"
        and token.key not in {"&", "-", "'"}
        and not (token.key == "." and token.glued and at + 1 < len(message.tokens))
    )


def _trim(message: Message, first: int, last: int) -> tuple[int, int] | None:
    while first < last and (
        message.key(first) in _EMPLOYER_LIGHT or message.key(first) in _POLITE or message.tokens[first].kind == "sign"
    ):
        first += 1
    while last > first and (
        message.key(last - 1) in _EMPLOYER_LIGHT or message.tokens[last - 1].key in {".", ",", "!", "।"}
    ):
        last -= 1
    return (first, last) if last > first else None


def _is_short_reply(message: Message) -> bool:
    """Yes, no, thanks and the like are answers, but not to "where do you work?"."""
    return all(token.kind == "sign" or token.key in _NOT_A_NAME for token in message.tokens)


def _address(message: Message, found: Findings) -> None:
    text = message.text
    lead = _ADDRESS_LEAD.search(text)
    if message.asked != "address" and (lead is None or not message.has("my_address")):
        return
    body_start = lead.end() if lead else 0
    body = text[body_start:].strip(" \t\n.,;")
    has_detail = bool(_HOLDS_HOUSE_NUMBER.search(body)) or "," in body or len(body.split()) >= 3
    if len(body) < _LEAST_ADDRESS or not has_detail or message.has("asks") or "?" in body:
        return
    if any(q.kind in {"money", "months", "percent"} and q.explicit for q in message.quantities) and not message.has(
        "address", "pin"
    ):
        return
    start = text.index(body, body_start)
    found.put("address", " ".join(body.split()), start, start + len(body))
