"""LangSmith's client, set up so that nothing of a person and nothing that hangs can come of it."""

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import langsmith
import requests
from langsmith.utils import get_env_var, get_tracer_project
from urllib3 import Retry

from server.observing.trace_masking import TraceMask, masked_name, masked_tag
from server.settings import Settings

CONNECT_MS, READ_MS = 2_000, 5_000
# LangSmith's client takes these from the environment only. Without the first, its upload threads hold the exit for a
# minute and more when the endpoint is dead; with compression it sends from a pool whose threads do the same.
CLIENT_ENVIRONMENT = {
    "LANGSMITH_USE_DAEMON": "true",
    "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
    "LANGSMITH_TRACING_QUEUE_MAX_SIZE": "2000",
}


class MaskedClient(langsmith.Client):
    """Masks what LangSmith's own anonymizer leaves alone: the names and tags of runs."""

    def create_run(self, name: str, inputs: dict[str, Any], run_type: Any, **more: Any) -> None:
        super().create_run(masked_name(name), inputs, run_type, **_masked_tags(more))

    def update_run(self, run_id: UUID | str, *, name: str | None = None, **more: Any) -> None:
        super().update_run(run_id, name=None if name is None else masked_name(name), **_masked_tags(more))

    def takes(self, run_id: UUID) -> bool:
        """Whether the trace of this root run is among those that are sampled."""
        return self._should_sample(run_id)


def open_client(
    settings: Settings,
    mask: TraceMask,
    on_error: Callable[[Exception], None] | None = None,
    session: requests.Session | None = None,
) -> MaskedClient:
    """A client that sends behind the work; with a `session` of one's own, at once and by it."""
    os.environ.update(CLIENT_ENVIRONMENT, LANGSMITH_PROJECT=settings.langsmith_project)
    get_env_var.cache_clear()  # type: ignore[attr-defined]  # both remember what they read before
    get_tracer_project.cache_clear()
    logging.getLogger("langsmith").setLevel(logging.CRITICAL)  # it would tell of every batch and thumb that is lost
    key = settings.langsmith_api_key
    return MaskedClient(
        api_url=settings.langsmith_endpoint,
        api_key=key.get_secret_value() if key else None,
        anonymizer=mask,
        timeout_ms=(CONNECT_MS, READ_MS),
        retry_config=Retry(total=1, backoff_factor=0.5),
        tracing_mode="langsmith",
        tracing_sampling_rate=settings.langsmith_tracing_sampling_rate if session is None else 1,
        tracing_error_callback=on_error,
        auto_batch_tracing=session is None,
        session=session,
    )


def _masked_tags(more: dict[str, Any]) -> dict[str, Any]:
    tags: Sequence[str] | None = more.get("tags")
    return more if not tags else {**more, "tags": [masked_tag(tag) for tag in tags]}
