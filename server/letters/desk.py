"""Where anybody may ask about a letter, by its file or by the code on it."""

from server.store.letters import LetterRecords
from tools.clock import Clock
from tools.signing import verdict
from tools.signing.checker import LetterChecker
from tools.signing.verdict import Verdict


class LetterDesk:
    def __init__(self, records: LetterRecords, checker: LetterChecker, clock: Clock) -> None:
        self._records, self._checker, self._clock = records, checker, clock

    async def of_code(self, code: str) -> Verdict:
        return verdict.of_code(await self._records.by_code(code), self._clock.today())

    async def of_file(self, data: bytes) -> Verdict:
        """A file that is on record byte for byte needs no second look; any other is examined, to say what it is.

        Raises TooBusy.
        """
        known = await self._records.by_file(data)
        if known is not None:
            return verdict.of_known_file(known, self._clock.today())
        finding = await self._checker.check(data)
        by_code = await self._records.by_code(finding.note.code) if finding.note is not None else None
        return verdict.of_finding(finding, self._clock.today(), by_code, on_record=True)
