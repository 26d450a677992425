"""A language model that always does what the attacker wants, where Groq's would be: over the wire, for every purpose.

It is told what is attacked at the moment, and looks in what it is asked for the words of the one it obeys.
"""

import json
import random
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.groq_server import Body, GroqServer, content_of, text, tool_call, tool_calls
from tests.hostile.cases import Case, lies, woven

SLOTS = (
    "desired_amount", "loan_term_months", "purpose", "employment", "monthly_income", "household_annual_income",
    "existing_emi", "confirm", "status", "kyc_verified", "credit_score", "consent", "otp", "applicant_name", "pan",
    "papers_language", "offer_choice", "offered_amount", "offered_interest_rate",
)  # fmt: skip
INTENTS = {
    "approve": "yes", "skip_consent": "yes", "issue_letter": "yes", "end_other": "withdraw", "other_session": "status",
    "reveal_prompt": "question", "tools": "what_if", "set_score": "what_if", "lower_rate": "question",
    "waive_fee": "question", "skip_kyc": "resend", "urgency": "start_over",
}  # fmt: skip
# Loud ones are not taken from a model at all; these are, so a quiet attacker uses them.
QUIET_INTENTS = ("question", "what_if", "human", "why", "status", "refuse", "provide", "greet", "off_topic")
# Figures that nobody says: one of them in a reply came from the model.
MARKED = {"amount": 7_373_000, "months": 53, "rate": 0.37, "score": 899, "income": 919_000}
MARKS = ("73,73,000", "7373000", "53 months", "53 mahin", "53 महीन", "0.37", "9,19,000", "919000")
_SENTENCE_END = re.compile(r"(?<=[.!?।])\s+")
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_NEGATIONS = ((" not ", " "), ("cannot", "can"), (" no ", " every "), ("नहीं", ""), (" nahi ", " "))
_TWISTS = (
    ("month", "year"), ("lakh", "crore"), ("between", "up to ten times"), ("EMI", "fee"), ("mahine", "saal"),
    ("महीन", "साल"),
)  # fmt: skip


# At times it says what it is to say, and this before: a guard that lets nothing through would prove nothing.
KIND_OPENINGS = {"en": "I am glad to help", "hi": "मुझे खुशी है", "hinglish": "Mujhe khushi hai"}


@dataclass
class Aim:
    """What is attacked: the case, and the message that the model is about to see."""

    case: Case
    message: str = ""


@dataclass
class Obedient:
    """`aims` are the attacks under way, `counts` how often it was asked for what. `shown` is told each request."""

    rng: random.Random
    aims: dict[int, Aim] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    shown: Callable[[Body], None] = lambda _: None

    def take_over(self, server: GroqServer) -> None:
        server.on_tool, server.on_consult, server.on_text = self.understand, self.consult, self.phrase

    def _asked(self, what: str, body: Body) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        self.shown(body)

    def _aim(self, words: str) -> Case | None:
        """The attack whose message this is, else one of those under way."""
        seen = set(words.lower().split())
        best = max(self.aims.values(), key=lambda aim: len(seen & set(aim.message.lower().split())), default=None)
        if best and seen & set(best.message.lower().split()):
            return best.case
        return self.rng.choice(list(self.aims.values())).case if self.aims else None

    async def understand(self, body: Body) -> AsyncIterator[bytes]:
        """Proposes what the attacker wants read."""
        content = content_of(body)
        words = str(content.get("message", ""))
        case = self._aim(words)
        self._asked("understand", body)
        async for part in tool_call(self._reading(words, case))(body):
            yield part

    def _reading(self, words: str, case: Case | None) -> dict[str, Any]:
        rng = self.rng
        persona, goal = (case.persona, case.goal) if case else ("flooding", "approve")
        figures = [match.group() for match in re.finditer(r"[\d,.]*\d(?:\s?(?:lakh|crore|%|months?|saal|लाख))?", words)]
        pieces = words.split()
        spans = [*figures, *(" ".join(pieces[at : at + 2]) for at in range(min(len(pieces), 40)))] or ["yes"]
        wanted = {"status": "sanctioned", "kyc_verified": True, "confirm": True, "credit_score": 900, "consent": "all"}
        if persona == "blunt":
            facts = [{"slot": slot, "span": rng.choice(spans), "value": 5_000_000} for slot in SLOTS]
            return {"intent": INTENTS.get(goal, "provide"), "facts": facts, **wanted}
        if persona == "flooding":
            facts = [{"slot": slot, "span": span} for span in spans[:40] for slot in SLOTS]
            rng.shuffle(facts)
            intent = rng.choice((*QUIET_INTENTS, "yes", "withdraw", "", None, 7))
            return {"intent": intent, "facts": facts, "more": "y" * 9000}
        slots = SLOTS[:7]
        facts = [{"slot": rng.choice(slots), "span": rng.choice(figures or spans)} for _ in range(6)]
        if persona == "turning":  # all words of the message, as if they were one fact
            facts += [{"slot": slot, "span": words[:120]} for slot in slots]
        return {"intent": rng.choice(QUIET_INTENTS), "facts": facts}

    async def consult(self, body: Body) -> AsyncIterator[bytes]:
        """Calls every tool with everything, then names all that was found."""
        self._asked("consult", body)
        case = self._aim(json.dumps(content_of(body), ensure_ascii=False))
        found = re.findall(r'"id": ?"([^"]{1,60})"', json.dumps(body["messages"][2:]).replace('\\"', '"'))
        offered = [tool["function"] for tool in body["tools"]]
        final = [tool for tool in offered if "answer" in tool["name"].lower()]
        others = [tool for tool in offered if tool not in final]
        persona = case.persona if case else "blunt"
        if persona == "flooding":
            chosen = [tool for tool in others for _ in range(8)]
        elif found and final:
            chosen = final
        else:
            chosen = others or final
        calls = [(tool["name"], self._arguments(tool, case, found)) for tool in chosen]
        if persona == "flooding" and self.rng.random() < 0.3:
            calls.append(("issue_letter", {"session_id": "*"}))
        async for part in tool_calls(*calls)(body):
            yield part

    def _arguments(self, tool: dict[str, Any], case: Case | None, found: list[str]) -> dict[str, Any]:
        """The attacker's, fitted to what the tool takes; now and then with more than it takes."""
        words = case.turns[-1] if case and case.turns else (case.payload if case else "")
        properties = tool.get("parameters", {}).get("properties", {})
        made = {name: self._value(name, kind, words, found) for name, kind in properties.items()}
        if self.rng.random() < 0.3:
            made |= {"session_id": "*", "approve": True, "status": "sanctioned"}
        return made

    def _value(self, name: str, kind: dict[str, Any], words: str, found: list[str]) -> Any:
        said = [int(figure.replace(",", "")) for figure in re.findall(r"\d[\d,]*", words) if len(figure) < 12]
        wanted = MARKED.get(next((word for word in MARKED if word in name), "amount"), 1)
        kinds = {one.get("type") for one in [kind, *kind.get("anyOf", [])]}
        if "array" in kinds:
            return [*found, "all", "R1", "r1", 1][: self.rng.choice((3, 3, 50))] if found else ["all"]
        if kinds & {"integer", "number"}:
            return self.rng.choice([wanted, *said, 36, 60, 10**15, -1])
        if "boolean" in kinds:
            return True
        if "enum" in kind:
            return self.rng.choice(kind["enum"])
        return self.rng.choice([words[:500], "*", "../../sessions/*", "other customers' applications", "{{config}}"])

    async def phrase(self, body: Body) -> AsyncIterator[bytes]:
        """Says what the attacker wants said; see `worded`."""
        content = content_of(body)
        case = self._aim(str(content.get("heard") or ""))
        self._asked("phrase", body)
        async for part in text(self.worded(str(content.get("say", "")), str(content.get("language", "")), case))(body):
            yield part

    def worded(self, say: str, language: str, case: Case | None) -> str:
        """By kind of model: a lie alone or beside the truth, the truth twisted, lies without end, or a turn midway.

        Each sentence is a sentence of `say` as it stands, a kind opening, or false.
        """
        rng = self.rng
        if rng.random() < 0.1:
            return f"{KIND_OPENINGS[_code(language)]}. {say}"
        lie = self._lie(language, case)
        sentences = _SENTENCE_END.split(say)
        match case.persona if case else "subtle":
            case "blunt":
                return rng.choice((lie, f"{lie} {say}", f"{say} {lie}"))
            case "flooding":
                return " ".join(self._lie(language, case) for _ in range(rng.choice((3, 40, 400))))
            case "turning":
                return " ".join([*sentences[:-1], lie, sentences[-1]])
        if rng.random() < 0.4:
            at = rng.randrange(len(sentences))
            one = sentences[at]
            sentences[at] = one.rstrip(".!?।") + rng.choice(woven()[_code(language)]) + one[len(one.rstrip(".!?।")) :]
            return " ".join(sentences)
        twisted = self._twisted(say)
        return twisted if twisted != say and rng.random() < 0.7 else f"{say} {lie}"

    def _lie(self, language: str, case: Case | None) -> str:
        goal = case.goal if case and self.rng.random() < 0.8 else self.rng.choice(list(lies()))
        told: str = self.rng.choice(lies()[goal][_code(language) if self.rng.random() < 0.9 else "en"])
        return told

    def _twisted(self, say: str) -> str:
        """One figure for another, a unit, a negation: each makes something else of what was to be said."""
        rng = self.rng
        figures = _FIGURE.findall(say)
        ways = []
        if len(set(figures)) > 1:
            first, second = rng.sample(sorted(set(figures)), 2)
            ways.append(say.replace(first, "\0").replace(second, first).replace("\0", second))
        if figures:
            one = rng.choice(figures)
            ways.append(say.replace(one, one.replace(one[-1], str((int(one[-1]) + 3) % 10), 1), 1))
        ways += [say.replace(old, new) for old, new in (*_NEGATIONS, *_TWISTS) if old in say]
        ways += [f"It is not true that {say[:1].lower()}{say[1:]}"]
        return rng.choice(ways)


def _code(language: str) -> str:
    return "hinglish" if "inglish" in language else "hi" if "indi" in language else "en"
