"""The command `esoteric serve` of an installation in which the packages named as arguments are missing."""

import importlib.metadata
import sys
from importlib.abc import MetaPathFinder
from re import sub
from typing import Any


class Missing(MetaPathFinder):
    def __init__(self, packages: set[str]) -> None:
        self._modules = {
            module
            for module, owners in importlib.metadata.packages_distributions().items()
            if {sub(r"[-_.]+", "-", owner).lower() for owner in owners} <= packages
        }

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG002  the finder's own parameters
        if name.partition(".")[0] in self._modules:
            raise ModuleNotFoundError(f"{name} is not in the image")


if __name__ == "__main__":
    sys.meta_path.insert(0, Missing(set(sys.argv[1:])))
    import server.cli

    print(server.cli.__file__, flush=True)
    sys.argv[1:] = ["serve"]
    server.cli.main()
