"""Before anything is traced: what stands for a person goes through the client, to see that nothing of it comes out.

The mask is tested; this looks whether the LangSmith that is installed still asks it about all that it sends.
"""

from typing import Any, Final
from uuid import uuid4

import requests

from server.lifecycle.starting import StartRefused
from server.observing.masked_client import MaskedClient, open_client
from server.observing.trace_masking import TraceMask
from server.settings import Settings

# Nobody's: such a PAN, number and domain are given to no one.
CANARIES: Final = ("ZZZPM1101A", "0000 1111 2222", "9000000001", "canary@example.com", "Canary Nightingale", "61,234")
LEAKS: Final = "LANGSMITH_TRACING: with the LangSmith client that is installed, personal data would leave in"


class _Catch(requests.Session):
    """Sends nothing and keeps what would have been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.caught = ""

    def request(self, method: Any, url: Any, *_: Any, **more: Any) -> requests.Response:
        body = more.get("data") or b""
        self.caught += f"{method} {url} " + (body.decode() if isinstance(body, bytes) else str(body))
        answer = requests.Response()
        answer.status_code, answer._content = 202, b"{}"
        return answer


def refuse_leaking(settings: Settings, mask: TraceMask) -> None:
    """Raises StartRefused, which names the part of a run that would tell of a person."""
    for part, run in _runs(" · ".join(CANARIES)).items():
        catch = _Catch()
        client = open_client(settings, mask, session=catch)
        _send(client, run)
        client.close(timeout=0)
        if not catch.caught or any(canary in catch.caught for canary in CANARIES):
            raise StartRefused(f"{LEAKS} the {part} of a run")


def _runs(canary: str) -> dict[str, dict[str, Any]]:
    """By the part that the canary is in: what differs from an ordinary run."""
    said = [{"type": kind, "content": canary} for kind in ("human", "ai", "tool")]
    return {
        "name": {"name": canary},
        "tags": {"tags": [canary]},
        "inputs": {"inputs": {"messages": said, canary: canary, "status": canary}},
        "outputs": {"outputs": {"application": {"applicant_name": canary}, "messages": said}},
        "metadata": {"extra": {"metadata": {"thread_id": canary, "city": canary}}},
        "error": {"error": f"ValueError({canary!r})"},
        "events": {"events": [{"name": "new_token", "time": "", "kwargs": {"token": canary}}]},
    }


def _send(client: MaskedClient, run: dict[str, Any]) -> None:
    """As LangChain's tracer does: once when it begins, once when it is over."""
    run_id = uuid4()
    usual = {"name": "check", "inputs": {}, "run_type": "chain", "extra": {"metadata": {}}, "id": run_id}
    client.create_run(**{**usual, **run})
    client.update_run(run_id, **{**run, "extra": dict(run.get("extra", {}))})
