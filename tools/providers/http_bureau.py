"""A credit bureau over HTTP, asked at most once for an inquiry. The wire format is in deploy/providers.md.

A pull is never sent before the bureau was asked what became of that inquiry. So one that was processed and whose answer
was lost (a timeout, a broken connection, a process that died) is found, by any process and at any later time, and one
that is still being processed is waited for.
"""

from typing import Annotated, Literal

from pydantic import Field

from tools.providers.http_client import Answer, HttpProvider
from tools.providers.protocols import BureauReport, ProviderUnavailable

SECONDS = 5.0

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
    state: Literal["not_received", "pending", "done"]
    report: _Report | None = None


class HttpBureau:
    """Pulls one report for an inquiry; `seconds` bounds question and pull together."""

    def __init__(self, provider: HttpProvider, seconds: float = SECONDS) -> None:
        self._provider = provider
        self._seconds = seconds

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        report = await self._provider.within(self._seconds, lambda: self._once(pan, inquiry))
        if report is None:
            raise ProviderUnavailable(self._provider.name)
        history = report.history.model_dump(exclude_none=True, exclude_unset=True)
        return BureauReport(report.score, report.existing_emi, history)

    async def _once(self, pan: str, inquiry: str) -> _Report | None:
        """The report; None while the bureau is still at it."""
        status = await self._provider.ask("/inquiries/status", {"inquiry_id": inquiry}, _Status)
        if status.inquiry_id != inquiry or (status.state == "done") != (status.report is not None):
            raise self._provider.doubt("echo")
        if status.state == "pending":
            return None
        report = status.report
        if report is None:
            question = {"inquiry_id": inquiry, "pan": pan}
            report = await self._provider.ask("/inquiries", question, _Report, repeatable=False)
        if (report.inquiry_id, report.pan) != (inquiry, pan):
            raise self._provider.doubt("echo")
        return report
