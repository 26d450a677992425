"""What a deployment is made of: compose file, image, proxy, systemd unit. Checked without a container engine."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.faults.replicas import signing_file
from tests.postgres import Postgres, programs
from tests.service import free_port, is_ready

ROOT = Path(__file__).parent.parent
BACKEND = "esoteric-backend"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
GIVEN = {
    "POSTGRES_PASSWORD": "pg0000secret",
    "REDIS_PASSWORD": "rd0000secret",
    "SECRET_KEY": "5f1c0f6e0f0b4a3f8d7e9c2b1a0958473625f4e3d2c1b0a99887766554433221",
    "LETTER_SIGNING_FILE": "./letters.p12",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return document


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def filled_in(value: str) -> str:
    """A value with its variables as compose puts them in, for somebody who set only what is needed."""
    return VARIABLE.sub(lambda found: GIVEN.get(found[1], found[3] if found[2] == "-" else ""), value)


def test_nothing_weak_runs_by_default(compose: dict[str, Any]) -> None:
    """A secret that is not given stops `docker compose up`; nobody starts with one out of this file."""
    needed = {name for name, kind, _ in VARIABLE.findall(text("compose.yaml")) if kind == "?"}
    assert needed == set(GIVEN)
    secret = [(name, kind) for name, kind, _ in VARIABLE.findall(text("compose.yaml")) if name in needed]
    assert {kind for _, kind in secret} == {"?"}
    assert compose["services"][BACKEND]["environment"]["ENVIRONMENT"] == "${ENVIRONMENT:-production}"


def test_every_variable_is_explained() -> None:
    explained = text(".env.example") + text("deploy/README.md")
    named = {name for name, _, _ in VARIABLE.findall(text("compose.yaml"))}
    assert {name for name in named if not re.search(rf"\b{name}\b", explained)} == set()


def test_the_backend_can_be_scaled(compose: dict[str, Any]) -> None:
    """With a name, a port or an address of its own there could be one only; a replica keeps nothing others need."""
    backend = compose["services"][BACKEND]
    assert not {"container_name", "ports", "hostname"} & backend.keys()
    assert isinstance(backend["networks"], list)
    shared = {volume.partition(":")[2] for volume in backend["volumes"] if ":" in volume}
    assert shared == {"/data/outbox"}
    environment = backend["environment"]
    same_for_all = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "LETTER_SIGNING_FILE")
    assert all(filled_in(environment[name]) for name in same_for_all)


def test_only_the_proxy_can_be_reached(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["back"]["internal"] is True
    assert [name for name, one in services.items() if "back" in one.get("networks", ())] == [
        BACKEND,
        "postgres",
        "redis",
    ]
    address = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services[BACKEND]["environment"]["TRUSTED_PROXIES"] == address


def test_every_container_is_bounded_and_watched(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["restart"] == "unless-stopped", name
    assert "/ready" in compose["services"][BACKEND]["healthcheck"]["test"][-1]
    # Longer than a drain, or it would be cut short.
    assert int(compose["services"][BACKEND]["stop_grace_period"].removesuffix("s")) > 30


def test_images_are_pinned_to_a_minor_version(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", text("Dockerfile"), re.MULTILINE)
    assert len(images) == 5
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image)] == []


def test_volumes_networks_and_secrets_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        named = [volume.partition(":")[0] for volume in service.get("volumes", ()) if ":" in volume]
        assert {name for name in named if not name.startswith(".")} <= compose["volumes"].keys()
        assert all((ROOT / name).exists() for name in named if name.startswith("."))
        assert set(service.get("networks", ())) <= compose["networks"].keys()
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
        assert set(service.get("depends_on", ())) <= compose["services"].keys()


def test_compose_itself_reads_the_file() -> None:
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        ["docker", "compose", "config", "--quiet"], cwd=ROOT, env=os.environ | GIVEN, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_proxy_finds_the_replicas(compose: dict[str, Any]) -> None:
    caddyfile = text("deploy/Caddyfile")
    port = re.search(r"^EXPOSE (\d+)$", text("Dockerfile"), re.MULTILINE)
    assert port is not None
    assert re.search(rf"dynamic a \{{\s*name {BACKEND}\s*port {port[1]}\b", caddyfile)
    asked = set(re.findall(r"\{\$(\w+)", caddyfile))
    assert asked == compose["services"]["proxy"]["environment"].keys()


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


def test_the_image_serves_with_the_settings_of_compose(
    compose: dict[str, Any], installed: Path, database_url: str, knowledge_dir: Path, tmp_path: Path
) -> None:
    """Installed from the copied files alone, in production, with an empty database and a Redis that is not there."""
    port = free_port()
    environment = {name: filled_in(value) for name, value in compose["services"][BACKEND]["environment"].items()}
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
    code = "import server.cli, sys; print(server.cli.__file__, flush=True); sys.argv[1:] = ['serve']; server.cli.main()"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, stdout=output, stderr=output
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


@pytest.fixture(scope="module")
def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text("deploy/esoteric.service"))
    return parser


def test_the_unit_restarts_and_drains(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    assert service["ExecStart"].endswith("/esoteric serve")
    assert service["Restart"] == "on-failure"
    assert int(service["TimeoutStopSec"]) > 30
    assert service["KillMode"] == "mixed"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert f"DATA_DIR=/var/lib/{service['StateDirectory']}" in service["Environment"]


def test_the_unit_is_shut_in(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    wanted = {
        "User": "esoteric",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "MemoryDenyWriteExecute": "yes",
        "UMask": "0077",
        "SystemCallFilter": "@system-service",
    }
    assert {name: service[name] for name in wanted} == wanted


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not installed")
    installed_here = text("deploy/esoteric.service").replace("/opt/esoteric/.venv/bin/esoteric", sys.executable)
    here = tmp_path / "esoteric.service"
    here.write_text(re.sub(r"(?m)^(User|Group)=esoteric$", r"\1=root", installed_here))  # such a user there is here
    done = subprocess.run([analyse, "verify", str(here)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    unit = str(ROOT / "deploy" / "esoteric.service")
    judged = subprocess.run(
        [analyse, "security", "--offline=true", "--threshold=25", unit], capture_output=True, text=True
    )
    assert judged.returncode == 0, judged.stdout[-300:]
