"""One run of an assistant's graph: what its nodes do and say becomes events of the session."""

import contextlib
from collections.abc import AsyncGenerator
from copy import copy
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from agents.context import Context
from agents.services import Services
from graph.assistants import Assistant
from server.lanes import Turn
from server.store.checkpoints import STANDS_AT, Checkpoints


class GraphRun:
    """Runs the graph of one assistant, a saver a run."""

    def __init__(self, assistant: Assistant, services: Services, checkpoints: Checkpoints) -> None:
        self._assistant = assistant
        self._graph = assistant.builder().compile(name=assistant.name)
        self._services = services
        self._checkpoints = checkpoints

    async def __call__(self, turn: Turn, checkpoint_id: str | None) -> tuple[dict[str, Any], str]:
        """Start from a checkpoint, or from nothing. The final state and the id of its checkpoint."""
        row, events = turn.row, turn.log
        body = row.body or {}
        message = HumanMessage(body["text"], id=row.turn_id, additional_kwargs=_with(upload=body["upload"]))
        config: RunnableConfig = {
            "run_name": f"{self._assistant.name} turn",
            "configurable": {
                "thread_id": row.session_id,
                **_with(checkpoint_id=checkpoint_id, **{STANDS_AT: checkpoint_id}),
            },
            "metadata": {"session_id": row.session_id, "channel": row.channel},
        }
        state: dict[str, Any] = {}
        saver = self._checkpoints.saver()
        graph = copy(self._graph)
        graph.checkpointer = saver
        stream = graph.astream(
            {"messages": [message]},
            config,
            context=Context.of(self._services, session_id=row.session_id, channel=row.channel),
            stream_mode=["custom", "tasks", "values"],
            durability="exit",
            version="v2",
        )
        attempt = 1
        async with contextlib.aclosing(cast(AsyncGenerator[Any], stream)) as parts:
            async for part in parts:
                match part["type"]:
                    case "values":
                        state = part["data"]
                    case "tasks":
                        self._node_event(turn, part["data"])
                    case "custom" if "chunk" in part["data"]:
                        events.append(row.turn_id, "message", part["data"]["chunk"], attempt=attempt)
                    case "custom":
                        attempt += 1
                        events.append(row.turn_id, "reset", "", message_id=row.message_id)
        return state, saver.latest(row.session_id)

    def _node_event(self, turn: Turn, task: dict[str, Any]) -> None:
        name, append = task["name"], turn.log.append
        if "result" not in task:
            append(turn.row.turn_id, "node", name, status="started")
        elif task.get("error"):
            append(turn.row.turn_id, "node", name, status="failed")
        else:
            output = self._assistant.shown(task["result"])
            append(turn.row.turn_id, "node", name, status="finished", output=output)


def _with(**optional: Any) -> dict[str, Any]:
    return {name: value for name, value in optional.items() if value is not None}
