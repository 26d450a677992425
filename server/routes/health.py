"""Is it up, is it ready, what has it done."""

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from time import monotonic
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from server.deps import HouseDep
from server.house import House
from server.models import Health, Metrics
from server.moments import now_in_seconds

router = APIRouter(tags=["Health & monitoring"])

ACTIVE = timedelta(minutes=30)


@router.get("/health")
async def health(house: HouseDep) -> Health:
    """That the process is there, and at once: `/ready` says whether it can serve."""
    return Health(
        status="healthy",
        version=version("esoteric"),
        environment=house.settings.environment,
        timestamp=now_in_seconds(),
        **await house.standing.told(),
    )


@router.get("/ready")
async def ready(house: HouseDep) -> dict[str, Any]:
    """200 while a customer can be served, with less where a part that is not needed is away; 503 otherwise."""
    return {"status": "ready", "checks": await house.readiness.check(), "timestamp": now_in_seconds()}


@router.get("/metrics", response_model=Metrics, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request, house: HouseDep) -> Metrics | Response:
    """JSON as in the guide, or Prometheus' text format for a client that accepts just that."""
    counted = await _count(house)
    accepted = request.headers.get("accept", "")
    if "text/plain" in accepted or "openmetrics" in accepted:
        return Response(_exposition(counted) + house.observer.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
    return counted


async def _count(house: House) -> Metrics:
    totals = await house.sessions.totals((datetime.now(UTC) - ACTIVE).isoformat(timespec="seconds"))
    runner = house.runner
    return Metrics(
        total_sessions=totals.sessions,
        active_sessions=totals.active_sessions,
        total_messages=totals.messages,
        avg_response_time_ms=round(1000 * runner.busy_seconds / runner.answered, 1) if runner.answered else 0.0,
        uptime_seconds=round(monotonic() - house.started_at, 1),
    )


def _exposition(counted: Metrics) -> bytes:
    registry = CollectorRegistry()
    for name, value in counted.model_dump().items():
        Gauge(f"esoteric_{name}", name.replace("_", " "), registry=registry).set(value)
    return generate_latest(registry)
