"""`python -m tests.faults.serve`: `esoteric serve` with the faults of the environment's FAULTS in its parts.

FAULTS_CALLS names a file that gets the number of calls of each point when the service ends by itself. CLOCK_SHIFT moves
this process's clock by so many seconds.
"""

import json
import os
from pathlib import Path

from server.cli import serve
from tests.faults.clock import shift_clock
from tests.faults.injecting import from_environment, injected


def main() -> None:
    if shift := float(os.environ.get("CLOCK_SHIFT", "0")):
        shift_clock(shift)
    with injected(from_environment()) as injector:
        try:
            serve()
        finally:
            if path := os.environ.get("FAULTS_CALLS"):
                Path(path).write_text(json.dumps(injector.calls), encoding="utf-8")


if __name__ == "__main__":
    main()
