"""`esoteric evaluate`: labelled conversations and questions, with the language that the settings give."""

import asyncio
import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.line import fail, settings_or_fail
from server.evaluation.sets import CONTENTS, SETS, Case, SetName, Sets, SetsError, read_sets
from server.lifecycle.starting import StartRefused
from server.settings import Settings

if TYPE_CHECKING:  # the graph and what it needs take a second to load
    from server.evaluation.experiments import RunCase
    from server.evaluation.running import Result

_CLONE = Path(__file__).parents[2] / "tests"


def evaluate(
    sets: Annotated[Path | None, typer.Option(help=f"A folder with {CONTENTS}; in a clone, its tests.")] = None,
    only: Annotated[SetName | None, typer.Option(help="One of the sets.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many cases of each set.")] = None,
    report: Annotated[Path, typer.Option(help="Where the report goes; a .json beside it.")] = Path(
        "var/evaluation/report.md"
    ),
) -> None:
    """Try labelled conversations and questions. Status 1 when a score is below what the sets ask for.

    With LANGSMITH_API_KEY they run as experiments there as well. Nothing of this service's own data is touched.
    """
    if sets is None and not (_CLONE / CONTENTS).is_file():
        fail("--sets: name a folder of labelled cases; they come with the repository, not with the package")
    from server.evaluation.report import holds, markdown, table

    settings = settings_or_fail()
    try:
        chosen = read_sets(sets or _CLONE, only, limit)
    except SetsError as wrong:
        fail(f"--sets: {wrong}")
    try:
        found = asyncio.run(_evaluated(settings, chosen))
    except StartRefused as refused:
        fail(str(refused))

    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(markdown(found), encoding="utf-8")
        report.with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        fail(f"--report: {error.strerror}")
    typer.echo(f"{table(found)}\n{report}")
    raise typer.Exit(0 if holds(found) else 1)


async def _evaluated(settings: Settings, sets: Sets) -> dict[str, Any]:
    """The report in JSON form. Raises StartRefused."""
    import langsmith

    from server.evaluation.report import about_run, figures
    from server.evaluation.running import opened

    done: dict[Case, Result] = {}
    async with opened(settings, sets.as_of) as evaluation:

        async def run(case: Case) -> "Result":
            done[case] = await evaluation.run(case)
            return done[case]

        about = about_run(version("esoteric"), evaluation.language, sets.as_of)
        if settings.langsmith_api_key is not None:
            await _as_experiments(settings, sets, run, about)
        # LangSmith would trace on any of several variables by itself.
        with langsmith.tracing_context(enabled=False):
            for case in sets.cases:
                if case not in done:
                    await run(case)
    return figures([done[case] for case in sets.cases], sets, about)


async def _as_experiments(settings: Settings, sets: Sets, run: "RunCase", about: dict[str, Any]) -> None:
    """Each set as an experiment of LangSmith's, named by version, model and prompts; a line where that fails."""
    from server.evaluation.experiments import Experiments, NotTaken

    prompts = sha256("".join(about["prompts"].values()).encode()).hexdigest()[:8] if about["prompts"] else ""
    name = " ".join(filter(None, [about["version"], about["model"] or "embedded", prompts]))
    experiments = Experiments(settings)
    try:
        for cases in ([case for case in sets.cases if case.set == of] for of in SETS):
            if cases:
                await experiments.run(cases, run, name=name, about=about)
    except NotTaken as away:
        typer.echo(f"LangSmith did not take the experiment ({away}); the report is complete all the same", err=True)
    finally:
        await asyncio.to_thread(experiments.close)
