"""Cases run as experiments of LangSmith's: their datasets there are kept as the sets are here, by stable ids.

All that is sent is made up: labelled cases, fictional customers, and what the assistant makes of them.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid5

import langsmith
import requests
from langsmith.schemas import Example, Run
from langsmith.utils import LangSmithError
from urllib3 import Retry

from server.evaluation.running import Result
from server.evaluation.sets import Case
from server.observing.masked_client import CLIENT_ENVIRONMENT, CONNECT_MS
from server.observing.tracing import FLUSH_SECONDS
from server.settings import Settings

READ_MS = 20_000

RunCase = Callable[[Case], Awaitable[Result]]


class NotTaken(Exception):
    """LangSmith did not take it. The text says why in a word."""


class _Client(langsmith.Client):
    """Keeps to itself who last committed to the repository that the command is run in."""

    def create_project(self, project_name: str, *, metadata: dict[str, Any] | None = None, **more: Any) -> Any:
        return super().create_project(project_name, metadata=_without_author(metadata), **more)

    def update_project(self, project_id: Any, *, metadata: dict[str, Any] | None = None, **more: Any) -> Any:
        return super().update_project(project_id, metadata=_without_author(metadata), **more)


class Experiments:
    """LangSmith, by the settings' key."""

    def __init__(self, settings: Settings) -> None:
        os.environ.update(CLIENT_ENVIRONMENT)
        logging.getLogger("langsmith").setLevel(logging.CRITICAL)  # what goes wrong is told once, in a line of ours
        key = settings.langsmith_api_key
        self._lost: list[str] = []
        self._client = _Client(
            api_url=settings.langsmith_endpoint,
            api_key=key.get_secret_value() if key else None,
            timeout_ms=(CONNECT_MS, READ_MS),
            retry_config=Retry(total=1, backoff_factor=0.5),
            tracing_error_callback=lambda error: self._lost.append(type(error).__name__),
        )

    async def run(self, cases: Sequence[Case], run: RunCase, *, name: str, about: dict[str, Any]) -> None:
        """Run the cases of one set as an experiment called `name` and something. Raises NotTaken, then or before."""
        try:
            examples = await asyncio.to_thread(self._examples, cases)
            by_name = {case.name: case for case in cases}

            async def target(inputs: dict[str, Any]) -> dict[str, Any]:
                with langsmith.tracing_context(enabled=False):  # nodes and calls would be some fifty runs a case
                    result = await run(by_name[inputs["case"]])
                return {"replies": result.replies, "objections": result.objections, "scores": result.scores}

            def scores(run: Run) -> dict[str, Any]:
                found = (run.outputs or {}).get("scores", {})
                return {"results": [{"key": key, "score": score} for key, score in found.items()]}

            await langsmith.aevaluate(
                target,
                data=examples,
                evaluators=[scores],
                experiment_prefix=name,
                metadata=about,
                max_concurrency=0,
                client=self._client,
                disable_evaluator_tracing=True,
            )
        except (LangSmithError, requests.RequestException, KeyError, ValueError) as error:
            raise NotTaken(type(error).__name__) from None
        if self._lost:
            raise NotTaken(self._lost[0])

    def close(self) -> None:
        """Send what is left, for so long; a thread that still hangs then dies with the process."""
        closing = threading.Thread(target=self._client.close, kwargs={"timeout": FLUSH_SECONDS}, daemon=True)
        closing.start()
        closing.join(FLUSH_SECONDS)

    def _examples(self, cases: Sequence[Case]) -> list[Example]:
        """The cases as LangSmith has them, in order, once it has them as they are."""
        name = f"esoteric {cases[0].set}"
        if self._client.has_dataset(dataset_name=name):
            dataset = self._client.read_dataset(dataset_name=name)
        else:
            dataset = self._client.create_dataset(name, description="Labelled cases of `esoteric evaluate`.")
        # Ids are LangSmith's as a whole, so the dataset's own, which no other account has, is part of each.
        wanted = {uuid5(dataset.id, case.name): ({"case": case.name, **case.inputs}, case.expected) for case in cases}
        there = self._there(dataset.id)
        missing = [
            {"id": id_, "inputs": inputs, "reference_outputs": outputs}
            for id_, (inputs, outputs) in wanted.items()
            if id_ not in there
        ]
        changed = [
            id_ for id_ in wanted.keys() & there.keys() if wanted[id_] != (there[id_].inputs, there[id_].outputs)
        ]
        if missing:
            self._client.create_examples(dataset_id=dataset.id, examples=missing)
        for id_ in changed:
            inputs, outputs = wanted[id_]
            self._client.update_example(id_, dataset_id=dataset.id, inputs=inputs, outputs=outputs)
        if missing or changed:
            there = self._there(dataset.id)
        return [there[id_] for id_ in wanted]

    def _there(self, dataset_id: UUID) -> dict[UUID, Example]:
        return {example.id: example for example in self._client.list_examples(dataset_id=dataset_id)}


def _without_author(metadata: dict[str, Any] | None) -> dict[str, Any] | None:
    return metadata and {name: value for name, value in metadata.items() if name != "git"}
