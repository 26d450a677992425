"""Consents withdrawn or given in so many words: "stop using my data", "offers mat bhejo", "ब्यूरो की सहमति वापस"."""

import re
from typing import Final, NamedTuple

from tools.consents import OPTIONAL, Purpose


class ConsentChange(NamedTuple):
    purpose: Purpose
    given: bool


def _any(*words: str) -> "re.Pattern[str]":
    return re.compile(r"(?<![\w])(?:" + "|".join(words) + r")(?![\w])")


_CONSENT: Final = _any(
    *("consents?", "permissions?", "authori[sz]ations?", "sa?he?mati", "anumati", "ija+zat"),
    *("सहमति", "सहमतियाँ", "अनुमति", "इजाज़?त"),
)
_TAKE_BACK: Final = _any(
    *("withdraw", "withdrawing", "revoke", "revoking", "cancel", "take back", "taking back", "rescind"),
    *("[wv]apas", "[wv]apis", "hata ?(?:do|dijiye|o)", "radd", "वापस", "वापिस", "रद्द", "हटा"),
)
_NO_LONGER: Final = _any("no longer", "any ?more", "any longer", "ab nahi", "अब नहीं")
_AGREE: Final = _any("agree", "consent", "permit", "allow", "sehmat", "sahmat", "सहमत")
# An order to stop. "don't" alone orders nothing: it needs a verb right behind it.
_STOP: Final = _any(
    *("stop", "quit", "cease", "band kar\\w*", "bandh kar\\w*", "rok ?(?:do|dijiye|o)"),
    *("बंद कर\\w*", "बन्द कर\\w*", "रोक\\w*"),
)
_DO_NOT: Final = r"(?:do not|dont|never|no more|please no)\s+(?:ever\s+)?"
_USE: Final = r"(?:us(?:e|ing)|process(?:ing)?|handl(?:e|ing)|keep(?:ing)? using)"
_USE_NOT: Final = _any(
    _DO_NOT + _USE,
    r"(?:istema+l|use|process)\s+(?:mat|na|nahi)\s*kar\w*",
    r"(?:इस्तेमाल|उपयोग|प्रयोग)\s+(?:मत|न|ना)\s*कर\w*",
)
_USES: Final = _any(_USE, "istema+l", "इस्तेमाल", "उपयोग", "प्रयोग")
_OFF_THE_LIST: Final = _any("unsubscribe", "opt(?:ing)? out", "opt me out", "take me off", "remove me from")
_SEND_NOT: Final = _any(
    _DO_NOT + "(?:send|sending|call|message|mail|email|text|contact)",
    r"(?:mat|na|nahi)\s*(?:bhej\w*|dijiye|do)",
    r"(?:मत|न|ना)\s*भेज\w*",
)
_SENDS: Final = _any(
    "send(?:ing)?", "call(?:ing)?", "messag(?:e|ing)", "mail(?:ing)?", "email(?:ing)?", "bhej\\w*", "भेज\\w*"
)

_BUREAU: Final = _any(
    "bureau", "cibil", "credit (?:report|check|score|history|information)", "ब्यूरो", "सिबिल", "क्रेडिट (?:रिपोर्ट|जाँच|स्कोर)"
)
_KYC: Final = _any("kyc", "ekyc", "identity (?:check|register|verification)", "केवाईसी", "पहचान की जाँच", "pahchan\\w*")
_ADVERTS: Final = _any(
    *("marketing", "promotion(?:s|al)?", "promos?", "adverts?", "advertis\\w+", "newsletters?", "spam"),
    *("offers and news", "प्रचार", "मार्केटिंग", "विज्ञापन\\w*"),
)
_OFFERS: Final = _any("offers", "promotional", "ऑफ़र्?स?", "ऑफर्?स?")
_MODEL: Final = _any(
    "ai", "a\\.i\\.", "llms?", "language models?", "chat ?gpt", "artificial intelligence", "एआई", "भाषा मॉडल"
)
_DATA: Final = _any("data", "details", "information", "info", "jaankari", "jankari", "डेटा", "जानकारी", "विवरण")
_MINE: Final = _any("my", "mine", "mera", "meri", "mere", "apna", "मेरा", "मेरी", "मेरे")

_ASKS: Final = re.compile(
    r"^(?:and |but |so |ok |please tell me )?"
    r"(?:how|what|why|when|where|which|who|whether|if|suppose|kya|kaise|kyun|kyu|kab|agar|"
    r"can i|may i|could i|should i|do i|will i|am i|is it|क्या|कैसे|क्यों|कब|अगर|यदि)(?!\w)"
)
_WHAT_IF: Final = _any("what if", "what happens", "if i", "agar", "to kya", "अगर", "यदि", "तो क्या")
_DENIES: Final = _any(
    r"(?:do not|dont|did not|didnt|not|never|wont|will not|without)\s+(?:\w+\s+){0,3}?"
    r"(?:withdraw\w*|revok\w*|cancel\w*|tak(?:e|ing) back)",
    r"(?:[wv]ap[ai]s|वाप[सि]स?)\s+(?:nahi|nahin|mat|na|नहीं|मत|न)",
)
_MAY: Final = _any(
    *("you (?:can|may)", "i (?:agree|consent|allow|permit)", "i am (?:ok|okay|fine) with", "please (?:do )?send"),
    *("(?:haan|yes|ok) send", "bhej (?:sakte|do|dijiye)", "bhejte rah\\w*", "main sehmat"),
    *("भेज (?:सकते|दो|दीजिए)", "मैं सहमत"),
)
# What every message that changes a consent holds; most others are done with here.
_HINT: Final = re.compile(
    r"consent|permission|authori|mati|ija+z|stop|quit|cease|\bdon.?t\b|\bdo not\b|never|no more|no longer|any ?more|"
    r"mat\b|band|rok|unsubscribe|\bopt|take me off|remove me|\buse|istem|send|bhej|agree|"
    r"सहम|अनुमति|इजा|मत|बंद|बन्द|रोक|भेज|इस्तेमाल|उपयोग",
    re.IGNORECASE,
)
_LONGEST: Final = 300  # a longer message tells a story and gives no order


def read_consent_change(text: str) -> ConsentChange | None:
    """The consent that a message withdraws or, of those not needed for a loan, gives; None for any other message.

    A question about consents changes none.
    """
    if len(text) > _LONGEST or _HINT.search(text) is None:
        return None
    said = re.sub(r"[’'`]", "", text.casefold())
    said = re.sub(r"\s+", " ", re.sub(r"[,;:!.\-।]", " ", said)).strip()
    if _ASKS.search(said) or _WHAT_IF.search(said) or _DENIES.search(said):
        return None
    if purpose := _withdrawn(said):
        return ConsentChange(purpose, given=False)
    if _MAY.search(said) and not said.endswith("?"):
        purpose = _purpose(said)
        if purpose in OPTIONAL:
            return ConsentChange(purpose, given=True)
    return None


def _withdrawn(said: str) -> Purpose | None:
    if _CONSENT.search(said) and (_TAKE_BACK.search(said) or _STOP.search(said)):
        return _purpose(said) or "data_use"
    if _NO_LONGER.search(said) and _AGREE.search(said):
        named = _purpose(said)
        return named or ("data_use" if _DATA.search(said) or _CONSENT.search(said) else None)
    stops = _STOP.search(said)
    off_the_list = _SEND_NOT.search(said) or _OFF_THE_LIST.search(said)
    if _ADVERTS.search(said) and (stops or off_the_list):
        return "marketing"
    # "offers nahi chahiye" may mean the loans on the table; only what is sent is marketing.
    if _OFFERS.search(said) and (off_the_list or (stops and _SENDS.search(said))):
        return "marketing"
    if _MODEL.search(said) and (_USE_NOT.search(said) or (stops and _USES.search(said))):
        return "model_processing"
    if _DATA.search(said) and _MINE.search(said) and (_USE_NOT.search(said) or (stops and _USES.search(said))):
        return "data_use"
    return None


def _purpose(said: str) -> Purpose | None:
    if _BUREAU.search(said):
        return "bureau_pull"
    if _KYC.search(said):
        return "kyc"
    if _ADVERTS.search(said) or (_OFFERS.search(said) and _SENDS.search(said)):
        return "marketing"
    if _MODEL.search(said):
        return "model_processing"
    return None
