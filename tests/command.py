"""The command `esoteric` in this process; `tests.service.run_command` runs it in one of its own."""

from contextlib import chdir
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from server.cli import app
from server.settings import Settings


def command_here(data_dir: Path, *arguments: str, typed: str = "", **environment: str) -> Result:
    """Without a setting of this machine's, be it in the environment or in a `.env`."""
    others = dict.fromkeys((name.upper() for name in Settings.model_fields), None)
    with chdir(data_dir):
        return CliRunner().invoke(app, arguments, input=typed, env=others | {"DATA_DIR": str(data_dir)} | environment)
