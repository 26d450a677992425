"""The proxy's file: what compose calls the service, and what Caddy itself makes of it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deployment.files import BACKEND, ROOT, services, text


def test_the_proxy_finds_the_replicas() -> None:
    caddyfile = text("deploy/Caddyfile")
    port = re.search(r"^EXPOSE (\d+)$", text("Dockerfile"), re.MULTILINE)
    assert port is not None
    assert re.search(rf"dynamic a \{{\s*name {BACKEND}\s*port {port[1]}\b", caddyfile)
    asked = set(re.findall(r"\{\$(\w+)", caddyfile))
    assert asked == services()["proxy"]["environment"].keys()


@pytest.mark.parametrize("tls", ["internal", "operator@example.com"])
def test_the_proxy_reads_its_file(tls: str, tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not installed")
    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "Caddyfile")],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SITE_ADDRESS": "loans.example.com", "SITE_TLS": tls},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
