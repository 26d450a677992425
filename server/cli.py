"""The command `esoteric`."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

import typer

from server.commands.audit import audit, replay_decision
from server.commands.evaluate import evaluate
from server.commands.keys import keys
from server.commands.letters import letter
from server.commands.line import fail, settings_or_fail
from server.commands.officers import officer, refuse_if_reachable
from server.commands.purge import purge
from server.commands.tokens import token
from server.letters.signing import known_fingerprints
from server.lifecycle.data_dir import DataDirTaken, holding
from server.lifecycle.starting import StartRefused, refuse_unusable
from server.limits.address import is_loopback
from server.settings import Settings, SettingsError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
kb = typer.Typer(no_args_is_help=True, help="The knowledge base.")
app.add_typer(kb, name="kb")
app.add_typer(audit, name="audit")
app.command("replay")(replay_decision)
app.add_typer(keys, name="keys")
app.add_typer(letter, name="letter")
app.command()(evaluate)
app.command()(purge)
app.add_typer(officer, name="officer")
app.add_typer(token, name="token")


@app.command()
def serve() -> None:
    """Run the server. Settings come from the environment or .env."""
    from server.lifecycle.process import Server, forbid_core_dumps, serving

    settings = _settings()
    _refuse_unusable(settings)
    _refuse_exposure(settings)
    config = serving(
        "server.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
    )
    server = Server(config)
    with _alone(settings):
        _take_over_logs(settings, sys.stdout)
        refuse_if_reachable(settings)
        forbid_core_dumps()
        try:
            server.run()
        except SystemExit:
            if server.refusal is None:
                raise
    if server.refusal is not None:
        fail(server.refusal)


@app.command()
def chat(
    url: Annotated[str | None, typer.Option(help="A running service; without it one is started inside.")] = None,
    assistant: Annotated[Literal["loan", "hedge_fund_guy"], typer.Option(help="Whom to talk to.")] = "loan",
) -> None:
    """Talk to an assistant in the terminal."""
    from server.commands.chat import converse
    from server.commands.guy_chat import converse_with_guy

    settings = _settings()
    if url is None:
        _refuse_unusable(settings)
    with contextlib.nullcontext() if url else _alone(settings):
        if url is None:
            _take_over_logs(settings.model_copy(update={"log_level": "WARNING", "debug": False}), sys.stderr)
        talk = {"loan": converse, "hedge_fund_guy": converse_with_guy}[assistant]
        asyncio.run(talk(url, settings))


@app.command()
def decide(file: Path) -> None:
    """Dry run of the credit policy over a case file."""
    from tools.clock import Clock
    from tools.policy.dry_run import DryRunError, dry_run

    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        decision = dry_run(document, default_as_of=Clock(_settings().policy_as_of).today())
    except DryRunError as error:
        fail(str(error))
    except (OSError, ValueError, RecursionError):
        fail(f"{file.name}: not a readable JSON file")
    print(json.dumps(decision, indent=2, ensure_ascii=False))


@kb.command()
def ingest() -> None:
    """Index what changed."""
    from kb.corpora import CORPORA

    for corpus in CORPORA:
        report = asyncio.run(_knowledge(corpus).ingest())
        counts = f"{report.added} added, {report.changed} changed, {report.removed} removed"
        print(f"{corpus.collection}: {counts}, {report.unchanged} unchanged")


@kb.command()
def query(
    text: str,
    top_k: Annotated[int, typer.Option(min=1, max=20)] = 3,
    markets: Annotated[bool, typer.Option(help="Ask what is known of markets instead of loans.")] = False,
) -> None:
    """Ask the knowledge base."""
    from kb.corpora import LOAN, MARKETS

    async def search() -> list[Any]:
        knowledge = _knowledge(MARKETS if markets else LOAN)
        await knowledge.ingest()
        return list(await knowledge.search(text, top_k))

    for passage in asyncio.run(search()):
        print(f"{passage.title}\n  {passage.text}\n  ({passage.source})\n")


def main() -> None:
    app()


def _take_over_logs(settings: Settings, stream: TextIO) -> None:
    """JSON lines; in development, lines for people when a person reads them."""
    from server.observing.logs import set_up_logs
    from server.observing.session_hash import session_hash

    readable = settings.environment == "development" and stream.isatty()
    level = "DEBUG" if settings.debug else settings.log_level
    set_up_logs(level, session_hash(settings.sealing_key()), stream=stream, readable=readable)


def _settings() -> Settings:
    from tools.providers.simulated import CustomersFileError, customers_from

    settings = settings_or_fail()
    try:
        if settings.customers_file is not None:
            customers_from(settings.customers_file)
    except CustomersFileError as error:
        fail(f"CUSTOMERS_FILE: {error}")
    return settings


def _refuse_unusable(settings: Settings) -> None:
    try:
        refuse_unusable(settings.data_dir)
    except StartRefused as refused:
        fail(str(refused))


def _refuse_exposure(settings: Settings) -> None:
    """Stop a start that would serve strangers: no sign-in on an address they can reach, or keys that cannot be used."""
    if not settings.auth_required and not is_loopback(settings.host):
        fail("HOST: without AUTH_REQUIRED=true the service listens on a loopback address only")
    try:
        settings.key_ring()
        known_fingerprints(settings)
    except SettingsError as error:
        fail(str(error))


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """With SQLite, one process a data directory."""
    if settings.database_url:
        yield
        return
    try:
        with holding(settings.data_dir):
            yield
    except DataDirTaken as taken:
        fail(str(taken))


def _knowledge(corpus: Any) -> Any:
    from kb.search import open_knowledge_base

    settings = _settings()
    return open_knowledge_base(
        settings.data_dir / "chroma", corpus, chroma_url=settings.chroma_url, embedding_model=settings.embedding_model
    )
