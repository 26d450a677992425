"""The workbench of one question: the tools of its stage, the calls that a model makes of them, what they found."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import ValidationError

from agents.model.asking import Call
from agents.model.tools.stages import LOOKUPS, TOOLS_AT
from agents.model.tools.view import Lookup, NotForThis, Result, View

MOST_CALLS = 6


class Workbench:
    """`results` are those found so far, by id. The same call is made once; after six there are no more."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._tools = {name: self._tool(name, LOOKUPS[name]) for name in TOOLS_AT[view.application["status"]]}
        self._answers: dict[str, str] = {}
        self._made = 0
        self.results: dict[str, Result] = {}

    @property
    def tools(self) -> list[BaseTool]:
        """What may still be called."""
        return list(self._tools.values()) if self._made < MOST_CALLS else []

    async def make(self, calls: Sequence[Call]) -> tuple[BaseMessage, ...]:
        """The calls and what came of them, as the model gets them back; those above the limit are left out."""
        steps: list[BaseMessage] = []
        made: list[dict[str, Any]] = []
        offered = [call for call in calls if call.name in self._tools]
        for call in offered[: MOST_CALLS - self._made]:
            self._made += 1
            number = f"call_{self._made}"
            arguments, answer = await self._made_once(call)
            made.append({"name": call.name, "args": arguments, "id": number})
            steps.append(ToolMessage(answer, tool_call_id=number, name=call.name))
        return (AIMessage("", tool_calls=made), *steps) if made else ()

    def keep(self, found: Sequence[Result]) -> list[dict[str, Any]]:
        """Results that may be told from now on, as the model sees them."""
        self.results.update({result.id: result for result in found})
        return [{"id": result.id, **result.shown} for result in found]

    async def _made_once(self, call: Call) -> tuple[dict[str, Any], str]:
        """The arguments as they were taken, and the answer. What does not fit the form is not repeated to anybody."""
        try:
            arguments = LOOKUPS[call.name].arguments.model_validate(call.arguments).model_dump(exclude_none=True)
        except ValidationError:
            return {}, json.dumps({"refused": "the arguments do not fit the tool's form"})
        key = json.dumps([call.name, arguments], sort_keys=True)
        if key not in self._answers:
            self._answers[key] = await self._tools[call.name].ainvoke(arguments)
        return arguments, self._answers[key]

    def _tool(self, name: str, lookup: Lookup) -> BaseTool:
        async def run(**arguments: Any) -> str:
            try:
                found = await lookup.look(self._view, lookup.arguments(**arguments))
            except NotForThis as refused:
                return json.dumps({"refused": str(refused)})
            return json.dumps({"results": self.keep(found)}, ensure_ascii=False)

        return StructuredTool.from_function(
            coroutine=run, name=name, description=lookup.description, args_schema=lookup.arguments
        )
