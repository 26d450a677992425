"""One run of an assistant's graph: what its nodes do and say becomes events of the session."""

from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from agents.turn_context import NodeStatus
from graph.assistants import Assistant
from server.observing.observer import TurnWatch
from server.store.checkpoints import Checkpoints, Written
from server.turns.lanes import Turn


@dataclass(frozen=True, slots=True)
class Hosted:
    """An assistant and the services that its contexts hand out."""

    assistant: Assistant
    services: Any


class GraphRun:
    """Runs the graph of one assistant, a saver a run."""

    def __init__(self, hosted: Hosted, checkpoints: Checkpoints) -> None:
        self.assistant = hosted.assistant
        self._graph = self.assistant.builder().compile(name=self.assistant.name)
        self._services = hosted.services
        self._checkpoints = checkpoints

    async def __call__(self, turn: Turn, watch: TurnWatch, stands_at: str | None) -> tuple[dict[str, Any], Written]:
        """Start from a checkpoint, or from nothing. The final state, and what is to be stored of it."""
        row = turn.row
        body = row.body or {}
        extras = _with(upload=body["upload"], act=body.get("act"), unheard=row.unheard or None)
        message = HumanMessage(body["text"], id=row.turn_id, additional_kwargs=extras)
        config: RunnableConfig = {
            "run_id": UUID(row.run_id),
            "run_name": f"{self.assistant.name} turn",
            "configurable": {"thread_id": row.session_id},
            "metadata": {"session_id": row.session_id, "channel": row.channel, "attempt": row.attempts},
        }
        saver = await self._checkpoints.saver(row.session_id, stands_at)
        graph = copy(self._graph)
        graph.checkpointer = saver
        context = self.assistant.context.of(
            self._services,
            session_id=row.session_id,
            channel=row.channel,
            listener=_EventWriter(turn, watch, self.assistant),
        )
        state: dict[str, Any] = await graph.ainvoke({"messages": [message]}, config, context=context, durability="exit")
        return state, saver.written(row.session_id)


class _EventWriter:
    """Writes what a turn's listener hears into the session's event log."""

    def __init__(self, turn: Turn, watch: TurnWatch, assistant: Assistant) -> None:
        self._turn_id, self._message_id = turn.row.turn_id, turn.row.message_id
        self._append = turn.log.append
        self._assistant = assistant
        self._attempt = 1
        self._watch = watch

    def node(self, name: str, status: NodeStatus, update: Any = None) -> None:
        self._watch.node(name, status)
        output = {} if update is None else {"output": self._assistant.shown(update)}
        self._append(self._turn_id, "node", name, status=status, **output)

    def said(self, chunk: str) -> None:
        self._watch.said()
        self._append(self._turn_id, "message", chunk, attempt=self._attempt)

    def taken_back(self) -> None:
        self._attempt += 1
        self._append(self._turn_id, "reset", "", message_id=self._message_id)


def _with(**optional: Any) -> dict[str, Any]:
    return {name: value for name, value in optional.items() if value is not None}
