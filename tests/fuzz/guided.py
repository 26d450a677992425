"""One law under atheris, which looks for inputs that reach new code: python -m tests.fuzz.guided MODULE:LAW SECONDS."""

import sys
from importlib import import_module
from pathlib import Path

import atheris


def main() -> None:
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    module, _, law = name.partition(":")
    with atheris.instrument_imports(include=["agents", "tools", "server", "kb"]):
        target = getattr(import_module(module), law).hypothesis.fuzz_one_input
    corpus = folder / "corpus" / law
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/{law}-", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", "-verbosity=0", "-max_len=4096", str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
