"""A language model as a good one would answer, by simple means of its own: it reads, looks up and rephrases.

    with sensible_model() as model:
        ... GROQ_API_KEY=any, GROQ_API_BASE=model.url
        model.phrased, model.asked

`python -m tests.sensible_model` serves it until it is stopped, for a service or an evaluation in another terminal.

It knows none of the rules that it is held to. Now and then (by a digest of what it is asked) it errs as models do: it
names a wrong detail, or adds a sentence that nobody asked for. Tokens are counted from the real bodies, four characters
each.
"""

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from tests.groq_server import USAGE, Answer, Body, GroqServer, content_of, text, tool_call, tool_calls

CHARACTERS_A_TOKEN = 4
ERRS_ONE_IN = 16

_LAKH = r"(?:lakhs?|lacs?|l|crores?|cr|k|thousand|hazaa?r|लाख|करोड़|हज़ार|हजार)\b"
_AMOUNT = re.compile(rf"(?:₹|rs\.?|inr)?\s*\d[\d,.]*\d?\s*(?:{_LAKH})?", re.IGNORECASE)
_TERM = re.compile(r"\d+\s*-?\s*(?:months?|years?|yrs?|mahin[ae]|saal|महीन[ेा]|साल|वर्ष)", re.IGNORECASE)
_FACTORS = {"l": 100_000, "c": 10_000_000, "k": 1000, "t": 1000, "h": 1000, "ल": 100_000, "क": 10_000_000, "ह": 1000}
_PURPOSE = re.compile(r"(?:\bfor (?:my |a |the )?([a-z ]{4,40}))|(?:([a-z ]{4,30}) ke liye)|(\S+(?: \S+)?) के लिए")
_WORK = {
    "employment": re.compile(r"salaried|self.?employed|retired|naukri|business|dukaan|नौकरी|व्यवसाय|दुकान", re.IGNORECASE)
}
# Intents in the order they are looked for.
_INTENTS: tuple[tuple[str, str], ...] = (
    ("human", r"\bhuman\b|\bperson\b|complaint|insaan|complain|इंसान|शिकायत"),
    ("off_topic", r"cricket|\bmatch\b|joke|weather|mausam|how are you|मैच|चुटकुला|मौसम"),
    ("what_if", r"(?:emi|instalment|kist|ईएमआई|किस्त).*\d|\d.*(?:emi|kist|ईएमआई|किस्त).*\?"),
    ("status", r"\bstatus\b|how far|sthiti|स्थिति"),
    ("why", r"^\W*(?:why|kyu[n]?|aisa kyun|क्यों|ऐसा क्यों)\b"),
    ("refuse", r"(?:don'?t|do not|won'?t|rather not) (?:want to )?(?:tell|say|share|give)|nahi bata|नहीं बता"),
    ("question", r"\?|\b(?:what|which|how|can i|kya|kitn[aie]|kaise|kaun\w*|kab|milega)\b|क्या|कितन|कैसे|कौन|कहाँ|कब"),
    ("question", r"^\W*(?:is|are|am|do|does|did|will|would|who|whom|when|where|why|should|could|may|has|have|if)\b"),
    ("greet", r"^\W*(?:hi|hello|hey|namaste|good (?:morning|evening)|नमस्ते|नमस्कार)\W*$"),
)
# Whoever talks of these and gives no detail wants to know something.
_MATTERS = re.compile(
    r"loan|emi|instal|kist|rate|interest|byaj|fee|charge|penalt|score|cibil|bureau|kyc|pan\b|otp|document|letter|refund"
    r"|salary|income|job|business|account|address|bank|credit|data|apply|application|reject|approv|लोन|ऋण|ब्याज|किस्त",
    re.IGNORECASE,
)
# What it makes of the assistant's sentences, by language: words for words.
_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "English": (
        (r"^Great! I can help you with a (.+?) loan\.", r"A loan of \1, happy to help you with that."),
        (r"How much would you like to borrow\?", "What amount would you like to borrow?"),
        (r"May I know your name, as it is on your PAN card\?", "What is your name, as your PAN card has it?"),
        (r"Over how many months would you like to repay", "In how many months would you like to repay it"),
        (r"And what is the loan for\?", "What would you use the loan for?"),
        (r"^Thank you, (.+?)\.", r"Thank you very much, \1."),
        (r"(\d+) months, noted\.", r"Good, \1 months it is."),
        (r"Thank you, noted\.", "Thank you, I have that."),
        (r"I'm afraid I can only help with loans\.", "That is beyond me, I am here to help with loans."),
        (r"Sorry, I did not understand that\.", "Sorry, I could not follow that."),
        (r"Purpose: (.+?)\.", r"So it is for: \1."),
    ),
    "Hinglish": (
        (r"^Bahut achha! Hum (.+?) ke loan mein", r"Zaroor, hum \1 ke loan mein"),
        (r"Aapko kitna loan chahiye\?", "Aap kitna loan lena chahenge?"),
        (r"Kripya apna naam bataiye", "Apna naam bata dijiye"),
        (r"Aur yeh loan kis kaam ke liye chahiye\?", "Yeh loan aap kis kaam ke liye lena chahenge?"),
        (r"note kar liya", "likh liya"),
        (r"Theek hai, ab", "Ji, ab"),
    ),
    "Hindi": (
        (r"आपको कितना लोन चाहिए\?", "आप कितना लोन लेना चाहेंगे?"),
        (r"और यह लोन किस काम के लिए चाहिए\?", "यह लोन आप किस काम के लिए लेना चाहेंगे?"),
        (r"कृपया अपना नाम", "अपना नाम"),
        (r"चुकाना चाहेंगे", "लौटाना चाहेंगे"),
    ),
}
_WARM = {
    "English": (r"wedding|marriage", "A wedding is a lovely occasion."),
    "Hinglish": (r"shaadi|shadi", "Shaadi khushi ka mauka hai."),
    "Hindi": (r"शादी|विवाह", "शादी खुशी का मौका है।"),
}
_TOO_MUCH = (
    "You will surely get the lowest rate today.",
    "Your EMI would be about ₹4,321.",
    "Your loan is as good as approved.",
)
# Hindi words of questions, for a search in plain English.
_IN_ENGLISH = {
    **dict.fromkeys(("byaj", "ब्याज"), "interest"),
    **dict.fromkeys(("kist", "किस्त"), "instalment"),
    **dict.fromkeys(("shulk", "फीस"), "fee"),
    **dict.fromkeys(("der", "देर"), "late"),
    **dict.fromkeys(("pehle", "पहले"), "early"),
    **dict.fromkeys(("chuka", "चुका"), "repay"),
    **dict.fromkeys(("शिकायत",), "complaint"),
}


class Asked(NamedTuple):
    """One call that reached the model, in tokens."""

    purpose: str
    input_tokens: int
    output_tokens: int


class Phrased(NamedTuple):
    """The words it was given and those it wrote; whether it erred on purpose."""

    draft: str
    written: str
    erred: bool


class SensibleModel:
    """What it was asked, and what it made of each draft."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.phrased: list[Phrased] = []

    def install(self, server: GroqServer) -> None:
        server.on_tool = self._answering("understand", self._reads)
        server.on_consult = self._answering("consult", self._consults)
        server.on_text = self._answering("phrase", self._phrases)

    def _answering(self, purpose: str, answer_to: Any) -> Answer:
        def answer(body: Body) -> AsyncIterator[bytes]:
            written, made = answer_to(body)
            asked = len(json.dumps([body["messages"], body.get("tools", [])], ensure_ascii=False))
            told = Asked(purpose, asked // CHARACTERS_A_TOKEN, 1 + len(written) // CHARACTERS_A_TOKEN)
            self.asked.append(told)
            return _counted(made(body), told)

        return answer

    def _reads(self, body: Body) -> tuple[str, Answer]:
        asked = content_of(body)
        message, slot = asked["message"], asked["asked"]
        facts = [{"slot": of, "span": span} for of, span in _facts(message, slot) if of not in asked["already_read"]]
        arguments = {"intent": _intent(message, has_facts=bool(facts)), "facts": facts}
        if _errs(message) and (digits := re.search(r"\d[\d,]*", message)):
            arguments["facts"] = [{"slot": "existing_emi", "span": digits.group()}]
        return json.dumps(arguments), tool_call(arguments)

    def _consults(self, body: Body) -> tuple[str, Answer]:
        offered = {tool["function"]["name"] for tool in body["tools"]}
        asked = content_of(body)
        results = [result for message in body["messages"] if message["role"] == "tool" for result in _results(message)]
        calls = [] if results else _look_ups(asked, offered)
        if not calls:
            named = results or [found["id"] for found in asked.get("found", [])]
            calls = [("Answer", {"results": ["fees.none"] if _errs(asked["message"]) else named[:2]})]
        return json.dumps(calls), tool_calls(*calls)

    def _phrases(self, body: Body) -> tuple[str, Answer]:
        asked = content_of(body)
        draft, language = asked["say"], asked["language"].split()[0].rstrip(":")
        words = draft
        for pattern, instead in _WORDS.get(language, ()):
            words = re.sub(pattern, instead, words)
        tone, warm = _WARM.get(language, ("$^", ""))
        warm = warm if re.search(tone, asked.get("heard") or "", re.IGNORECASE) else ""
        extra = _TOO_MUCH[_draw(draft, len(_TOO_MUCH))] if draft and _errs(draft) else ""
        written = " ".join(filter(None, [warm, words, extra]))
        self.phrased.append(Phrased(draft, written, bool(extra)))
        return written, text(written)


@contextlib.contextmanager
def sensible_model() -> Iterator[SensibleModel]:
    """The model behind Groq's protocol, served from a thread of its own."""
    model, loop, up = SensibleModel(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async with GroqServer() as server:
            model.install(server)
            model.url = server.url
            up.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="model")
    thread.start()
    up.wait()
    try:
        yield model
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _counted(parts: AsyncIterator[bytes], told: Asked) -> AsyncIterator[bytes]:
    """The answer with its own usage in the place of the server's stock one."""
    usage = USAGE | {
        "prompt_tokens": told.input_tokens,
        "completion_tokens": told.output_tokens,
        "total_tokens": told.input_tokens + told.output_tokens,
    }
    async for part in parts:
        yield part.replace(json.dumps(USAGE).encode(), json.dumps(usage).encode())


def _intent(message: str, *, has_facts: bool) -> str:
    found = next((name for name, pattern in _INTENTS if re.search(pattern, message, re.IGNORECASE)), None)
    if found or has_facts:
        return found or "provide"
    return "question" if _MATTERS.search(message) and len(message.split()) > 2 else "unclear"


def _facts(message: str, slot: str | None) -> Iterator[tuple[str, str]]:
    """Details with the words that state them; none of a question."""
    if "?" in message:
        return
    if term := _TERM.search(message):
        yield "loan_term_months", term.group()
    amounts = [one.group().strip() for one in _AMOUNT.finditer(_TERM.sub(" ", message))]
    if slot in {"desired_amount", "existing_emi", "monthly_income", "household_annual_income"} and amounts:
        yield slot, amounts[-1]
    if slot == "purpose" and (purpose := _PURPOSE.search(message)):
        yield "purpose", next(filter(None, purpose.groups())).strip()
    for of, pattern in _WORK.items():
        if slot == of and (work := pattern.search(message)):
            yield of, work.group()


def _look_ups(asked: dict[str, Any], offered: set[str]) -> list[tuple[str, object]]:
    """The tools that it would use, none if what was found with the question will do."""
    message = asked["message"]
    if "emi_what_if" in offered and re.search(r"\bemi\b|instal|kist|ईएमआई|किस्त", message, re.IGNORECASE):
        months = [_months(one.group()) for one in _TERM.finditer(message)]
        amounts = [_rupees(one.group()) for one in _AMOUNT.finditer(_TERM.sub(" ", message))]
        if months or amounts:
            return [("emi_what_if", {"months": months[:3]} | ({"amount": amounts[0]} if amounts else {}))]
    if "application_summary" in offered and re.search(r"status|how far|missing|स्थिति", message, re.IGNORECASE):
        return [("application_summary", {})]
    if "search_knowledge" not in offered or asked.get("found") or _intent(message, has_facts=False) == "off_topic":
        return []
    return [
        ("search_knowledge", {"query": " ".join(_IN_ENGLISH.get(w.strip("?.,"), w) for w in message.split())[:180]})
    ]


def _results(message: dict[str, Any]) -> list[str]:
    return [result["id"] for result in json.loads(message["content"]).get("results", [])]


def _months(term: str) -> int:
    number = int(re.findall(r"\d+", term)[0])
    return number * 12 if re.search(r"y|saal|साल|वर्ष", term, re.IGNORECASE) else number


def _rupees(amount: str) -> int:
    number = float(re.sub(r"[^\d.]", "", amount).strip("."))
    unit = re.search(_LAKH, amount, re.IGNORECASE)
    return int(number * (_FACTORS[unit.group()[0].lower()] if unit else 1))


def _errs(words: str) -> bool:
    return _draw(words, ERRS_ONE_IN) == 0


def _draw(words: str, sides: int) -> int:
    """The same for the same words, so that a run can be had again."""
    return int(sha256(words.encode()).hexdigest(), 16) % sides


if __name__ == "__main__":
    with sensible_model() as served, contextlib.suppress(KeyboardInterrupt):
        print(f"GROQ_API_KEY=none GROQ_API_BASE={served.url}", flush=True)
        threading.Event().wait()
