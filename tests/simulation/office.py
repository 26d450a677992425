"""Officers at work while customers talk: the fictional maker and checker of development, over the officers' API."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from server.access.accounts import DEVELOPMENT_PASSWORD
from tests.simulation.line import Broken

REASON = "Looked at the papers and at the record."
PAGE = 200
CHECKERS_LIMIT = 2_500_000
Json = dict[str, Any]


@dataclass
class Office:
    """Both officers, signed in."""

    maker: httpx.AsyncClient
    checker: httpx.AsyncClient

    @classmethod
    async def open(cls, base_url: str) -> "Office":
        return cls(await _signed_in(base_url, "dev-maker"), await _signed_in(base_url, "dev-checker"))

    async def close(self) -> None:
        await self.maker.aclose()
        await self.checker.aclose()

    async def case_of(self, application_id: str) -> Json | None:
        """The case of an application that waits; the newest stand last."""
        offset = 0
        while True:
            params = {"state": "waiting", "limit": PAGE, "offset": offset}
            queue = (await self.maker.get("/api/v1/cases", params=params)).raise_for_status().json()
            for case in queue["cases"]:
                if case["application_id"] == application_id:
                    found = await self.maker.get(f"/api/v1/cases/{case['case_id']}")
                    return dict(found.raise_for_status().json())
            offset += PAGE
            if offset >= queue["total"]:
                return None

    async def decline(self, case: Json) -> None:
        await _act(self.maker, "decline", case)

    async def approve(self, case: Json) -> list[str]:
        """The rules set aside, by two officers where it takes them."""
        waive = [found["rule"] for found in case["findings"] if found["waiver"]] if case["approval"] == "waive" else []
        more: Json = {"waive": waive} | ({"attest": True} if case["approval"] == "attest" else {})
        done = await _act(self.maker, "approve", case, **more)
        if done["case"]["state"] == "awaiting_second":
            await _act(self.checker, "confirm", done["case"])
        return waive


def can_approve(case: Json) -> bool:
    """Not a request beyond both officers' limits, nor a paper that a person would have to read first."""
    return case["approval"] in {"waive", "attest", "nothing"} and case["amount"] <= CHECKERS_LIMIT


async def _act(officer: httpx.AsyncClient, act: str, case: Json, **more: Any) -> Json:
    body = {"act": act, "reason": REASON, "version": case["version"], "key": str(uuid4())} | more
    answer = await officer.post(f"/api/v1/cases/{case['case_id']}/acts", json=body)
    if answer.status_code != 200:
        raise Broken(f"an officer's {act} was answered with {answer.status_code}: {answer.text[:150]}")
    return dict(answer.json())


async def _signed_in(base_url: str, name: str) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=base_url, timeout=60, trust_env=False)
    body = {"name": name, "password": DEVELOPMENT_PASSWORD}
    answer = (await client.post("/api/v1/officers/sign-in", json=body)).raise_for_status()
    client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    client.cookies.clear()
    return client
