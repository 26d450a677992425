"""A credit bureau over HTTP, asked at most once for an inquiry. The wire format is in deploy/providers.md.

A pull is never sent before the bureau was asked what became of that inquiry. So one that was processed and whose answer
was lost (a timeout, a broken connection, a process that died) is found, by any process and at any later time, and one
that is still being processed is waited for.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from tools.providers.http_client import Answer, HttpProvider
from tools.providers.protocols import BureauReport, NoOutcome, ProviderUnavailable

SECONDS = 5.0

_WITHOUT_REPORT: Final[dict[str, NoOutcome | Literal["pending"]]] = {
    "not_received": "not_done",
    "pending": "pending",
    "unknown": "not_known",
}

_Months = Annotated[int, Field(ge=0, le=1200)]


class _History(Answer):
    months_since_30dpd: _Months | None = None
    months_since_60dpd: _Months | None = None
    months_since_writeoff_or_settled: _Months | None = None
    enquiries_90d: Annotated[int, Field(ge=0, le=1000)] = 0


class _Report(Answer):
    inquiry_id: str
    pan: str
    score: Annotated[int, Field(ge=300, le=900)] | None
    existing_emi: Annotated[int, Field(ge=0, le=100_000_000)]
    history: _History


class _Status(Answer):
    inquiry_id: str
    state: Literal["not_received", "pending", "done", "unknown"]
    report: _Report | None = None


class HttpBureau:
    """Pulls one report for an inquiry; `seconds` bounds question and pull together.

    A pull of which the bureau can no longer tell is not sent, either: whoever wants one inquires first.
    """

    def __init__(self, provider: HttpProvider, seconds: float = SECONDS) -> None:
        self._provider = provider
        self._seconds = seconds

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        found = await self._provider.within(self._seconds, lambda: self._once(pan, inquiry))
        if found == "pending":
            raise ProviderUnavailable(self._provider.name)
        return _as_told(found)

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        found = await self._provider.within(self._seconds, lambda: self._status(pan, inquiry))
        if found == "pending":
            raise ProviderUnavailable(self._provider.name)
        return _as_told(found) if isinstance(found, _Report) else found

    async def _once(self, pan: str, inquiry: str) -> _Report | Literal["pending"]:
        found = await self._status(pan, inquiry)
        if found == "not_known":
            raise self._provider.doubt("outcome")
        if found != "not_done":
            return found
        question = {"inquiry_id": inquiry, "pan": pan}
        report = await self._provider.ask("/inquiries", question, _Report, repeatable=False)
        self._check(report, pan, inquiry)
        return report

    async def _status(self, pan: str, inquiry: str) -> _Report | NoOutcome | Literal["pending"]:
        status = await self._provider.ask("/inquiries/status", {"inquiry_id": inquiry}, _Status)
        if status.inquiry_id != inquiry or (status.state == "done") != (status.report is not None):
            raise self._provider.doubt("echo")
        if status.report is not None:
            self._check(status.report, pan, inquiry)
            return status.report
        return _WITHOUT_REPORT[status.state]

    def _check(self, report: _Report, pan: str, inquiry: str) -> None:
        if (report.inquiry_id, report.pan) != (inquiry, pan):
            raise self._provider.doubt("echo")


def _as_told(report: _Report) -> BureauReport:
    history = report.history.model_dump(exclude_none=True, exclude_unset=True)
    return BureauReport(report.score, report.existing_emi, history)
