"""Reading by rules: what is wanted, and the three facts, each only from the person's own words."""

from agents.hedge_fund_guy.reading.incomes import Incomes
from agents.hedge_fund_guy.reading.intents import Intents
from agents.hedge_fund_guy.reading.mails import find_mails, their_mail
from agents.hedge_fund_guy.reading.names import Names
from agents.hedge_fund_guy.reading.reading import Fact, Facts, Reading
from agents.hedge_fund_guy.reading.refusals import Refusals
from agents.hedge_fund_guy.reading.said import Said, prepare

_HIDDEN: dict[Fact, str] = {"name": "[name]", "email": "[email]", "income": "[income]"}


class RulesReader:
    """The embedded default. Time grows with the length of the message and with nothing else."""

    def __init__(self) -> None:
        self._names, self._incomes = Names(), Incomes()
        self._refusals, self._intents = Refusals(), Intents()

    async def read(self, text: str, asked: Fact | None) -> Reading:
        return self.read_now(text, asked)

    def read_now(self, text: str, asked: Fact | None) -> Reading:
        return self._read(prepare(text, asked))[0]

    def masked(self, text: str, asked: Fact | None) -> str:
        """The message as it may be kept: its facts, and every other address in it, are replaced by what they are."""
        said = prepare(text, asked)
        hidden = text = said.text
        for start, end, fact in sorted(self._read(said)[1], reverse=True):
            hidden = hidden[:start] + _HIDDEN[fact] + hidden[end:]
        return hidden

    def _read(self, said: Said) -> tuple[Reading, list[tuple[int, int, Fact]]]:
        """What was read, and where in the text each fact stands."""
        facts, broken, places = Facts(), list[Fact](), list[tuple[int, int, Fact]]()
        mails = find_mails(said)
        for address in mails:
            said.take(address.start, address.end)
            places.append((address.start, address.end, "email"))
        if mail := their_mail(said, mails):
            facts["email"] = mail.value or ""
        elif any(address.value is None for address in mails):
            broken.append("email")
        earned = self._incomes.find(said, introduces=bool(mails))
        if earned:
            said.take(earned.start, earned.end)
            places.append((earned.start, earned.end, "income"))
            if earned.value:
                facts["income"] = earned.value
            else:
                broken.append("income")
        named = self._names.find(said, introduces=bool(mails))
        if named:
            said.take(named.start, named.end)
            places.append((named.start, named.end, "name"))
            facts["name"] = named.value
        given: list[Fact] = [fact for fact in _HIDDEN if fact in facts]
        declined, refuses = self._refusals.find(said, [*given, *broken])
        intent = self._intents.find(said, [*given, *broken], refuses=refuses)
        return Reading(intent=intent, facts=facts, declined=declined, broken=broken), places
