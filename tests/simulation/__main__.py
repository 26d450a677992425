"""`python -m tests.simulation`: a run against a service of its own, and its report. Status 1 if it falls short."""

import argparse
import contextlib
import json
import shutil
import sys
from pathlib import Path

from tests.sensible_model import sensible_model
from tests.simulation.campaign import AT_ONCE, keep_transcripts, simulate
from tests.simulation.model_use import in_words, model_use
from tests.simulation.report import figures, markdown

LEAST_AGREEMENT = 0.99


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--model", action="store_true", help="with a language model, a sensible one on loopback")
    parser.add_argument("--report", type=Path, default=Path("var/simulation/report.md"))
    options = parser.parse_args()
    directory = options.report.parent.resolve()
    shutil.rmtree(directory / "service", ignore_errors=True)
    shutil.rmtree(directory / "transcripts", ignore_errors=True)
    with sensible_model() if options.model else contextlib.nullcontext() as model:
        settings = {"GROQ_API_KEY": "simulated", "GROQ_API_BASE": model.url} if model else {}
        run = simulate(
            directory / "service",
            customers=options.customers,
            seed=options.seed,
            at_once=options.at_once,
            settings=settings,
        )
    found = figures(run)
    text = markdown(found)
    if model:
        found["model"] = model_use(run, model, directory / "service")
        text += "\n".join(in_words(found["model"])) + "\n"
    options.report.write_text(text, encoding="utf-8")
    options.report.with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    keep_transcripts(run.outcomes, directory / "transcripts")
    total = found["all"]
    print(
        f"{total['conversations']} conversations, {total['turns']} turns, {found['seconds']} s: "
        f"agreement {total['agreement']:.2%}, broken laws {len(found['violations'])}; {options.report}"
    )
    return 0 if not found["violations"] and total["agreement"] >= LEAST_AGREEMENT else 1


if __name__ == "__main__":
    sys.exit(main())
