"""Letters that a running service issues without a conversation before them."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

from tests.samples import letter_content
from tests.service import Service
from tools.signing.verifiable import verifiable

_NUMBERS = itertools.count(1)


def issued(service: Service, session_id: str) -> tuple[bytes, str]:
    """The letter as kept, and its code: printed and signed by the service's own press, kept in its own store."""
    house = service.house
    assert house is not None
    services = house.services
    content = replace(letter_content(), letter_number=f"SL-T-{next(_NUMBERS):06d}")
    content, record = verifiable(content, services.sealer, services.verify_url)

    async def issue() -> bytes:
        printed = await services.print_letter(content)
        return await house.papers.keep_letter(session_id, uuid4().hex, printed, record)

    with ThreadPoolExecutor(1) as thread:  # a browser's test has a loop of its own
        return thread.submit(lambda: asyncio.run(issue())).result(), record.code


def start(service: Service) -> str:
    session_id: str = service.client().post("/api/v1/sessions").json()["session_id"]
    return session_id
