"""Reading by rules: what is wanted, and the three facts, each only from the person's own words."""

from agents.hedge_fund_guy.reading.incomes import Incomes
from agents.hedge_fund_guy.reading.intents import Intents
from agents.hedge_fund_guy.reading.mails import Mails, their_mail
from agents.hedge_fund_guy.reading.names import Names
from agents.hedge_fund_guy.reading.reading import FACTS, Fact, Facts, Reading
from agents.hedge_fund_guy.reading.refusals import Refusals
from agents.hedge_fund_guy.reading.said import Said, prepare
from agents.hedge_fund_guy.reading.tables import phrasebook, read_table


class RulesReader:
    """The embedded default. Time grows with the length of the message and with nothing else."""

    def __init__(self) -> None:
        tables = {name: read_table(name) for name in ("names", "incomes", "refusals", "intents")}
        self._phrases = phrasebook(tables)
        self._mails = Mails(read_table("mails"))
        self._names, self._incomes = Names(tables["names"]), Incomes(tables["incomes"])
        self._refusals, self._intents = Refusals(tables["refusals"]), Intents(tables["intents"])

    async def read(self, text: str, asked: Fact | None) -> Reading:
        return self.read_now(text, asked)

    def read_now(self, text: str, asked: Fact | None) -> Reading:
        return self._read(prepare(text, asked, self._phrases))

    def _read(self, said: Said) -> Reading:
        facts, broken = Facts(), list[Fact]()
        mails = self._mails.find(said)
        for address in mails:
            said.take(address.start, address.end)
        if mail := their_mail(said, mails):
            facts["email"] = mail.value or ""
        elif any(address.value is None for address in mails):
            broken.append("email")
        earned = self._incomes.find(said, introduces=bool(mails))
        if earned:
            said.take(earned.start, earned.end)
            if earned.value:
                facts["income"] = earned.value
            else:
                broken.append("income")
        named = self._names.find(said, introduces=bool(mails))
        if named and not _is_within(said, "intents.file", named.start):  # "forget my name"
            said.take(named.start, named.end)
            facts["name"] = named.value
        others: list[Fact] = [fact for fact in FACTS if fact in facts and fact != "income"]
        if _is_bare_nothing(facts) and {"name", "email"} & {*self._refusals.find(said, others)[0]}:
            del facts["income"]  # "no name, no mail, nothing" is no income of zero
        given: list[Fact] = [fact for fact in FACTS if fact in facts]
        declined, refuses = self._refusals.find(said, [*given, *broken])
        intent = self._intents.find(said, [*given, *broken], refuses=refuses)
        return Reading(intent=intent, facts=facts, declined=declined, broken=broken)


def _is_bare_nothing(facts: Facts) -> bool:
    income = facts.get("income")
    return income is not None and (income["low"], income["currency"], income["period"]) == ("0", None, None)


def _is_within(said: Said, tag: str, place: int) -> bool:
    spans = (said.span(cue.first, cue.last) for cue in said.cued(tag))
    return any(start <= place < end for start, end in spans)
