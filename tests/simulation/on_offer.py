"""What a customer does about what is on offer: takes it, picks among alternatives, haggles, refuses."""

from typing import TYPE_CHECKING, Any

from tests.simulation.line import Answer

if TYPE_CHECKING:
    from tests.simulation.answering import Answering


class OnOffer:
    """The answers to `offer_decision` of one conversation."""

    def __init__(self, answering: "Answering") -> None:
        self._of = answering
        self._haggled = False
        self._refusals = 0
        self._picks = 0
        self._number = 1

    def respond(self, awaiting: list[str], last: Answer) -> str | bytes | None:
        plan, say = self._of.plan, self._of.speech.phrase
        options = last.application["alternatives"]
        if plan.conduct == "refuses_offer" or (options and plan.on_counter == "refuse"):
            return self._refuse()
        if plan.conduct in {"negotiates", "asks_for_more"} and not self._haggled:
            self._haggled = True
            return self._haggle(last)
        self._of.ledger.agreed = True
        if not options:
            return say("offer_decision", plain=self._picks > 1)
        if "salary_slip" in awaiting and plan.on_counter == "slip" and plan.conduct != "no_slip":
            return self._of.slip()
        return self._pick(options)

    def _refuse(self) -> str:
        self._refusals += 1
        if self._refusals > 1:
            self._of.ledger.withdrawn = True
        return self._of.speech.phrase("offer_no", plain=self._refusals > 1)

    def _haggle(self, last: Answer) -> str:
        now = last.application["offered_amount"]
        smallest = self._of.ledger.policy.product.min_amount
        wanted = max(smallest, now * 7 // 10 // 1000 * 1000)
        if self._of.plan.conduct == "asks_for_more":
            wanted = now + 150_000
        return self._of.change_amount(wanted)

    def _pick(self, options: list[dict[str, Any]]) -> str:
        """An option by its number or by what it has more of; the ledger takes the policy's own, not the reply's."""
        self._picks += 1
        speech, wish = self._of.speech, self._of.plan.on_counter
        decision = self._of.ledger.decision()
        own = list(decision.alternatives) if decision else []
        number = self._number if self._picks > 1 else len(options) if wish == "last" else 1
        measures = {"longer": lambda o: o.months, "shorter": lambda o: -o.months, "smaller": lambda o: -o.amount}
        by_wish = wish in measures and len(own) > 1 and len({measures[wish](option) for option in own}) > 1
        if by_wish and self._picks == 1:
            best = max(measures[wish](option) for option in own)
            number = next(at for at, option in enumerate(own, 1) if measures[wish](option) == best)
            said = speech.phrase(wish)
        elif len(options) == 1:
            said = speech.phrase("offer_decision", plain=self._picks > 1)
        else:
            said = speech.phrase("option", plain=self._picks > 1, value=str(number), ordinal=speech.ordinal(number))
        self._number = number
        if number <= len(own):
            chosen = own[number - 1]
            self._of.state("desired_amount", chosen.amount)
            self._of.state("loan_term_months", chosen.months)
        return said
