"""The image: what its lines bring is enough to serve with the settings of compose, and is not run by root."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from packaging.utils import canonicalize_name

from deploy.superfluous import superfluous
from tests.deployment.files import BACKEND, GIVEN, ROOT, filled_in, services, text
from tests.faults.replicas import signing_file
from tests.postgres import Postgres, programs
from tests.service import free_port, is_ready
from tests.supply_chain.packages import runtime


def test_the_image_runs_as_nobody_special() -> None:
    build, run = re.split(r"(?m)^FROM .*\n", text("Dockerfile"))[1:]
    assert re.search(r"(?m)^USER esoteric$", run)
    assert run.index("USER esoteric") < run.index("CMD [")
    assert re.search(r"(?m)^STOPSIGNAL SIGTERM$", run)
    assert re.search(r'(?m)^CMD \["esoteric", "serve"\]$', run)  # no shell between it and the signal
    assert "HEALTHCHECK" in run and "--require-hashes" in build and "--no-deps" in build
    assert "AUTH_REQUIRED=true" in run


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image's first stage makes of the lines that copy, and nothing else."""
    folder = tmp_path_factory.mktemp("image")
    context, target = folder / "context", folder / "installed"
    context.mkdir()
    ignored = [line.removeprefix("!") for line in text(".dockerignore").splitlines() if line.startswith("!")]
    for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text("Dockerfile")):
        for name in line.split()[:-1]:
            assert name in ignored, f"{name} is not sent to the builder"
            (context / name).parent.mkdir(exist_ok=True)
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, context / name)
    build = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    build += ["--no-build-isolation", "--no-index", "--target", str(target), str(context)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]
    return target


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    folder = programs()
    if folder is None:
        pytest.skip("no Postgres server is installed")
    try:
        cluster = Postgres.create(folder)
    except RuntimeError as error:
        pytest.skip(f"Postgres cannot be set up here: {error}")
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.remove()


def test_the_image_leaves_out_what_serving_does_not_need() -> None:
    left_out = superfluous()
    assert {"pytest", "mypy", "playwright", "hatchling", "langgraph-api"} <= set(left_out)
    assert not set(map(canonicalize_name, runtime())) & set(left_out)


def test_the_image_serves_with_the_settings_of_compose(
    installed: Path, database_url: str, knowledge_dir: Path, tmp_path: Path
) -> None:
    """Installed from the copied files alone, in production, with an empty database and a Redis that is not there."""
    port = free_port()
    environment = {name: filled_in(value) for name, value in services()[BACKEND]["environment"].items()}
    environment |= {
        "DATABASE_URL": database_url,
        "REDIS_URL": f"redis://:{GIVEN['REDIS_PASSWORD']}@127.0.0.1:{free_port()}/0",
        "LETTER_SIGNING_FILE": str(signing_file(tmp_path)),
        "DATA_DIR": str(tmp_path / "data"),
        "AUTH_REQUIRED": "true",
        "PORT": str(port),
        "PYTHONPATH": str(installed),
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
    }
    shutil.copytree(knowledge_dir, tmp_path / "data" / "chroma")
    log = tmp_path / "log"
    command = [sys.executable, "-P", str(Path(__file__).parent / "as_in_the_image.py"), *superfluous()]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=output,
        )
    try:
        for _ in range(600):
            if is_ready(f"http://127.0.0.1:{port}") or process.poll() is not None:
                break
            _wait_a_little(process)
        assert process.poll() is None, log.read_text()[-2000:]
        assert log.read_text().startswith(str(installed))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            assert client.get("/health").json()["environment"] == "production"
            begun = client.post("/api/v1/sessions").raise_for_status()
            said = {"message": "I need 3 lakh", "session_id": begun.json()["session_id"]}
            holder = {"X-Session-Token": begun.headers["X-Session-Token"]}
            answer = client.post("/api/v1/chat", json=said, headers=holder).raise_for_status().json()
            assert answer["loan_application"]["desired_amount"] == 300_000
            assert client.get("/").status_code == 200
    finally:
        process.terminate()
        process.wait(60)


def _wait_a_little(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return
