# ruff: noqa: ARG002  signatures are the base class's
"""The yardstick: a bare FastAPI + LangGraph service, four nodes that do nothing but stream 40 tokens from a stub.

Written as such services commonly are: `AsyncSqliteSaver` and every other option at the library's default, tokens
streamed with `stream_mode="messages"`. `python -m tests.load.baseline_app PORT DATABASE`.
"""

import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph
from starlette.responses import StreamingResponse
from typing_extensions import TypedDict

TOKENS = [f"tok{number} " for number in range(40)]


class StubModel(BaseChatModel):
    """Forty tokens, at once."""

    @property
    def _llm_type(self) -> str:
        return "stub"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("".join(TOKENS)))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for token in TOKENS:
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token))
            if run_manager:
                await run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    route: str


def build_graph(saver: AsyncSqliteSaver) -> CompiledStateGraph[Any, Any, Any, Any]:
    model = StubModel()

    async def router(state: State) -> State:
        return {"route": "sales"}

    async def nothing(state: State) -> State:
        return {}

    async def reply(state: State) -> State:
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(State)
    graph.add_node("router", router)
    graph.add_node("sales", nothing)
    graph.add_node("kyc", nothing)
    graph.add_node("reply", reply)
    graph.add_edge(START, "router")
    graph.add_conditional_edges("router", lambda state: state["route"], ["sales", "kyc"])
    graph.add_edge("sales", "kyc")
    graph.add_edge("kyc", "reply")
    graph.add_edge("reply", END)
    return graph.compile(checkpointer=saver)


def create_app(database: str) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncSqliteSaver.from_conn_string(database) as saver:
            app.state.graph = build_graph(saver)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/threads/{thread}/turn")
    async def turn(thread: str, request: Request) -> dict[str, str]:
        body = await request.json()
        state = await app.state.graph.ainvoke(_input(body), _config(thread))
        return {"reply": state["messages"][-1].text}

    @app.post("/threads/{thread}/stream")
    async def stream(thread: str, request: Request) -> StreamingResponse:
        body = await request.json()

        async def events() -> AsyncIterator[str]:
            async for token in _tokens(app, thread, body):
                yield f"event: token\ndata: {json.dumps({'content': token})}\n\n"
            yield "event: done\ndata: {}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    @app.websocket("/threads/{thread}/ws")
    async def socket(thread: str, websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                body = await websocket.receive_json()
                async for token in _tokens(app, thread, body):
                    await websocket.send_text(json.dumps({"type": "token", "content": token}))
                await websocket.send_text(json.dumps({"type": "done"}))
        except WebSocketDisconnect:
            return

    return app


async def _tokens(app: FastAPI, thread: str, body: dict[str, Any]) -> AsyncIterator[str]:
    async for chunk, _metadata in app.state.graph.astream(_input(body), _config(thread), stream_mode="messages"):
        yield chunk.text


def _input(body: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": body["message"]}]}


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[2]),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        ws_per_message_deflate=False,
    )
