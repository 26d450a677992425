"""Short answers: yes or no to what was asked, and a choice among offers."""

from itertools import pairwise

from agents.understanding.message import Findings, Message
from agents.understanding.phrases import Cue
from tools.numbers.words import keys

# What a plain yes or no answers.
YES_NO_ASKS = frozenset(
    {"confirm", "consent", "slip_confirmation", "kyc_upgrade", "offer_decision", "kfs_acknowledgement"}
)
# An agreement that binds: a mere "ok" inside a longer message is not enough.
_NEGATIONS = keys("not dont nahi nahin nhi mat na never wont cannot cant नहीं मत ना no")
# "kam karo", "band kar do": a verb that would say yes by itself orders something else.
_DO = keys("karo kar kardo kijiye karlo कर")
_SOMETHING_ELSE = keys(
    "kam kum zyada jyada band change badal cancel reject radd wapas delete hold alag aur less more "
    "कम ज़्यादा ज्यादा बंद बदल रद्द वापस कैंसिल"
)
_OPTION_LETTERS = {"a": 1, "b": 2, "c": 3, "d": 4}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})
_MOST_OPTIONS = 9
# A yes beside one of these agrees to other terms than those asked about.
_TERMS = ("what_if", "desired_amount", "loan_term_months", "better_rate", "requested_rate_pct", "max_emi")
# With one of these, a "no" is part of what is said: "not more than 8000", "not an Indian citizen".
_NO_BELONGS_TO = (
    "what_if",
    "desired_amount",
    "loan_term_months",
    "requested_rate_pct",
    "better_rate",
    "max_emi",
    "citizenship",
    "existing_emi",
    "existing_loan_count",
)
# "haan nahi", "haan na", "yes no": nothing but both, which neither agrees nor refuses.
_PLAIN_YES = keys("yes yess yep yeah yea yup haan haa han हाँ हां हा")
_PLAIN_NO = keys("no nope nah nahi nahin nhi na naa नहीं नही ना")
# An answer that is only told of: somebody else's ("my wife says yes"), or one of another day ("I will say yes").
_OTHERS = keys("he she they")
_MY = keys("my our mera meri mere hamare hamari humare मेरा मेरी मेरे हमारे")
_ONESELF = keys("i im ive we main mai maine mujhe hum humne मैं मैंने मुझे हम हमने")
_ANOTHER_DAY = keys("tomorrow later tonight kal parso bolunga bolungi bolenge kahunga kahungi कल परसों बोलूँगा बोलूँगी")
_TO_COME = keys("to will ill shall might would could")
_SHORT = 6
_MOST_BESIDES_AN_OK = 2  # "that is fine with me", "ok bhai", not "ok let me ask my wife"
# What binds is agreed to in so many words: "I accept", "yes, ...". "Confirm", "correct", "chalo", "karo" may order
# something else, so in a message that says more than a few words besides they agree to nothing.
_BINDING = frozenset({"consent", "offer_decision", "kfs_acknowledgement"})
_MOST_BESIDES_A_WORD = 3
_AGREES = keys("i")
_AGREEABLE = keys("manzoor manjur manzur manjoor sehmat sahmat razi raazi padh सहमत मंज़ूर मंजूर स्वीकार पढ़")
_AGREED_TO = keys(
    "please kindly offer loan terms key facts statement all everything sir madam bhai mein mujhe hoon hun se par"
)
_SAYS_LITTLE = keys(
    "that thats is it its this with by from for me my mine us i im am you can all then so he hai h ye yeh mere liye"
)


def read_confirmation(message: Message, found: Findings) -> str | None:
    """Return "yes", "no" or ``None``; sets ``confirm`` only where a yes or no was asked."""
    answer = _answer(message, found)
    if answer and message.asked in YES_NO_ASKS:
        cue = next(
            cue for cue in message.tagged("yes", "yes_or_filler", "no") if _side(cue) == answer or answer == "no"
        )
        found.put("confirm", answer, *message.span(cue.first, cue.last))
    return answer


def _side(cue: Cue) -> str:
    return "no" if cue.tag == "no" else "yes"


def _answer(message: Message, found: Findings) -> str | None:
    no = [cue for cue in message.tagged("no") if _stands(message, cue)]
    yes = [cue for cue in message.tagged("yes") if _stands(message, cue) and not _negated(message, cue)]
    filler = [cue for cue in message.tagged("yes_or_filler") if _stands(message, cue)]
    if message.has("unsure") or found.has("offer_preference") or _says_both(message) or _is_anothers(message):
        return None
    if no and not yes:
        return "no" if _no_is_an_answer(message, found) else None
    if (yes and no) or _is_put_off(message):
        return None
    if not yes and not filler:
        return None
    if message.has("condition") or found.corrects or found.has(*_TERMS):
        return None
    if asks_something(message) and not _opens_with_yes(message, yes):
        return None
    if not yes and (message.has("thanks", "off_topic") or not _is_a_mere_ok(message, filler)):
        return None
    if yes and message.asked in _BINDING and not _agrees_in_so_many_words(message, yes):
        return None
    return "yes"


def _agrees_in_so_many_words(message: Message, yes: list[Cue]) -> bool:
    opens = yes[0].first == 0 and message.key(0) in _PLAIN_YES
    of_oneself = any(token.key in _ONESELF for token in message.tokens)
    agrees = _AGREES | _AGREEABLE if of_oneself else _AGREES
    if opens or _opens_with_yes(message, yes) or any(message.key(cue.first) in agrees for cue in yes):
        return True
    agreeing = [*yes, *message.tagged("yes_or_filler")]
    spoken = {at for cue in agreeing for at in range(cue.first, cue.last)}
    besides = [
        token.key
        for at, token in enumerate(message.tokens)
        if token.kind == "word" and at not in spoken and token.key not in _SAYS_LITTLE | _AGREED_TO
    ]
    return len(besides) <= _MOST_BESIDES_A_WORD


def _says_both(message: Message) -> bool:
    words = {token.key for token in message.tokens if token.kind == "word"}
    return bool(words & _PLAIN_YES and words & _PLAIN_NO) and words <= _PLAIN_YES | _PLAIN_NO


def _is_anothers(message: Message) -> bool:
    """ "my wife says yes", "he agreed": what another person answers binds nobody here."""
    if any(token.key in _ONESELF for token in message.tokens):
        return False
    for answer in message.tagged("yes", "yes_or_filler", "no"):
        clause = message.clause_of(answer.first)
        for cue in message.inside(clause.first, answer.first, "kin"):
            if message.key(cue.first) in _OTHERS or message.key(cue.first - 1) in _MY:
                return True
    return False


def _is_put_off(message: Message) -> bool:
    """ "kal haan bolunga", "I am going to say yes": a yes of another day is none today."""
    keys_said = [token.key for token in message.tokens]
    return bool(_ANOTHER_DAY & set(keys_said)) or any(
        word == "say" and before in _TO_COME for before, word in pairwise(keys_said)
    )


def _is_a_mere_ok(message: Message, cues: list[Cue]) -> bool:
    """ "that is fine with me", not "aaj mausam accha hai": hardly a word besides, and none that it would judge."""
    spoken = {at for cue in cues for at in range(cue.first, cue.last)}
    besides = [
        at
        for at, token in enumerate(message.tokens)
        if token.kind == "word" and at not in spoken and token.key not in _SAYS_LITTLE
    ]
    before = sum(1 for at in besides if at < cues[0].first)
    return len(besides) <= _MOST_BESIDES_AN_OK and before < _MOST_BESIDES_AN_OK


def _stands(message: Message, cue: Cue) -> bool:
    """The k of 40k is no "k" and the good of "good morning" no "good"; a lone letter answers only by itself."""
    if any(greeting.first <= cue.first < greeting.last for greeting in message.tagged("greet")):
        return False
    if len(message.key(cue.first)) == 1 and cue.last - cue.first == 1 and message.tokens[cue.first].text.isascii():
        return (
            len(message.tokens) <= 2
            and message.tokens[cue.first].kind == "word"
            and not message.tokens[cue.first].glued
        )
    return True


def _negated(message: Message, cue: Cue) -> bool:
    if message.key(cue.first) in _DO and message.key(cue.first - 1) in _SOMETHING_ELSE:
        return True
    before = {message.key(at) for at in range(max(0, cue.first - 2), cue.first)}
    return bool(before & _NEGATIONS) or message.key(cue.last) in _NEGATIONS


def _no_is_an_answer(message: Message, found: Findings) -> bool:
    """A "nahi" that corrects a figure or belongs to a question answers nothing, nor does that of somebody at a loss:
    "I don't understand, let me talk to a person" refuses no consent.
    """
    if found.corrects or found.has(*_NO_BELONGS_TO):
        return False
    if message.has("human") and message.key(0) not in _PLAIN_NO:
        return False
    return not asks_something(message)


def asks_something(message: Message) -> bool:
    """Whether the message asks; the "why" of "why not" is none."""
    answers = message.tagged("yes")
    words = [cue for cue in message.tagged("asks") if not any(a.first <= cue.first < a.last for a in answers)]
    return bool(words) or "?" in message.text


def _opens_with_yes(message: Message, yes: list[Cue]) -> bool:
    """ "Yes. What happens next?": the yes is a sentence or clause of its own."""
    if not yes or yes[0].first != 0:
        return False
    return message.key(yes[0].last) in {".", ",", "!", "।", "and"}


def read_offer_choice(message: Message, found: Findings) -> None:
    """ "option 2", "the first one", "doosra wala", a bare "2" or "b" when offers were shown; and which way to go."""
    deciding = message.asked == "offer_decision"
    if deciding and (_asks_about_options(message) or _orders_otherwise(message)):
        return
    if choice := _choice(message, deciding):
        number, first, last = choice
        found.put("offer_choice", number, *message.span(first, last))
    if deciding and not found.has("offer_choice"):
        for preference in ("cheaper", "longer", "shorter", "smaller", "larger"):
            for cue in message.tagged(preference):
                found.put("offer_preference", preference, *message.span(cue.first, cue.last))


def _asks_about_options(message: Message) -> bool:
    """ "what is option 2?", "is the longer one dearer?", "option 1 or option 2" choose nothing."""
    named = {number for cue in message.tagged("option") if (number := _number_at(message, cue.last))}
    return len(named) > 1 or (asks_something(message) and not _opens_with_yes(message, message.tagged("yes")))


def _orders_otherwise(message: Message) -> bool:
    """ "option 1 ka EMI kam karo": the option is named to be changed, not taken."""
    said = [token.key for token in message.tokens]
    if not message.has("option"):
        return False
    return any(what in _SOMETHING_ELSE and verb in _DO for what, verb in pairwise(said)) or "reduce" in said


def _choice(message: Message, deciding: bool) -> tuple[int, int, int] | None:
    for cue in message.tagged("option"):
        at = cue.last + 1 if message.key(cue.last) in {"number", "no", "#", "."} else cue.last
        named = message.key(cue.first) not in {"number", "no", "nambar", "नंबर"} or deciding
        number = _number_at(message, at)
        if named and number and not _is_about_something_else(message, cue):
            return number, cue.first, at + 1
    for at, token in enumerate(message.tokens[:-1]):
        ending = message.tokens[at + 1]
        if (
            token.number is not None
            and ending.glued
            and ending.key in _ORDINAL_ENDINGS
            and 1 <= token.number <= _MOST_OPTIONS
        ):
            with_noun = any(c.first == at + 2 for c in message.tagged("wala"))
            if with_noun or (deciding and len(message.tokens) <= _SHORT):
                return int(token.number), at, at + 2
    for tag, number in _ORDINALS.items():
        for cue in message.tagged(tag):
            with_noun = any(c.first == cue.last for c in message.tagged("wala"))
            if with_noun or (deciding and len(message.tokens) <= _SHORT and not asks_something(message)):
                return number, cue.first, cue.last + with_noun
    if deciding and len(message.tokens) <= 2 and (number := _number_at(message, 0)):
        return number, 0, 1
    return None


def _is_about_something_else(message: Message, cue: Cue) -> bool:
    return message.key(cue.first - 1) in {"loan", "phone", "mobile", "pan", "account", "my", "house", "flat", "room"}


def _number_at(message: Message, at: int) -> int | None:
    key = message.key(at)
    if key in _OPTION_LETTERS and len(message.tokens[at].text) == 1 and len(message.tokens) <= _SHORT:
        return _OPTION_LETTERS[key]
    for quantity in message.quantities:
        if (
            quantity.first == at
            and quantity.kind == "plain"
            and not quantity.explicit
            and 1 <= quantity.low <= _MOST_OPTIONS
        ):
            return int(quantity.low) if quantity.low.denominator == 1 else None
    return None
