"""schemathesis over the description that a running service gives of itself."""

import re
import subprocess
import sys
from pathlib import Path

from tests.service import Service

COMMAND = Path(sys.executable).parent / "schemathesis"
WITHOUT_END = "/events$"  # a stream that opens keeps whoever reads it to its end: tests/contract/test_resume.py
# Left out: what a schema cannot say (a text without control characters, a file that is a PDF) it must not promise
# either, and a session that was just started has no decision yet.
LEFT_OUT = "positive_data_acceptance,ensure_resource_availability"


def check_openapi(service: Service, folder: Path, *options: str, seconds: float = 110) -> tuple[int, str, bool]:
    """How many requests were made, what was said of them, and whether all was well."""
    command = [COMMAND, "run", f"{service.base_url}/openapi.json", "--no-color", "--warnings", "off"]
    command += ["--generation-database", "none", "--suppress-health-check", "all", "--exclude-checks", LEFT_OUT]
    command += ["--exclude-path-regex", WITHOUT_END]
    try:
        done = subprocess.run(
            [*map(str, command), *options], cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return 0, f"stopped after {seconds:.0f} s, before it had an end to report", False
    made = re.search(r"(\d+) generated", done.stdout)
    return int(made[1]) if made else 0, done.stdout + done.stderr, done.returncode == 0
