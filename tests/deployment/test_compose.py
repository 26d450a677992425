"""The compose file: nothing weak by default, replicas that can be scaled, one door, everything bounded."""

import os
import re
import shutil
import subprocess

import pytest

from tests.deployment.files import BACKEND, GIVEN, ROOT, VARIABLE, document, filled_in, services, text


def test_nothing_weak_runs_by_default() -> None:
    """A secret that is not given stops `docker compose up`; nobody starts with one out of this file."""
    needed = {name for name, kind, _ in VARIABLE.findall(text("compose.yaml")) if kind == "?"}
    assert needed == set(GIVEN)
    secret = [(name, kind) for name, kind, _ in VARIABLE.findall(text("compose.yaml")) if name in needed]
    assert {kind for _, kind in secret} == {"?"}
    assert services()[BACKEND]["environment"]["ENVIRONMENT"] == "${ENVIRONMENT:-production}"


def test_every_variable_is_explained() -> None:
    explained = text(".env.example") + text("deploy/README.md")
    named = {name for name, _, _ in VARIABLE.findall(text("compose.yaml"))}
    assert {name for name in named if not re.search(rf"\b{name}\b", explained)} == set()


def test_the_backend_can_be_scaled() -> None:
    """With a name, a port or an address of its own there could be one only; a replica keeps nothing others need."""
    backend = services()[BACKEND]
    assert not {"container_name", "ports", "hostname"} & backend.keys()
    assert isinstance(backend["networks"], list)
    shared = {volume.partition(":")[2] for volume in backend["volumes"] if ":" in volume}
    assert shared == {"/data/outbox"}
    environment = backend["environment"]
    same_for_all = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "LETTER_SIGNING_FILE")
    assert all(filled_in(environment[name]) for name in same_for_all)


def test_only_the_proxy_can_be_reached() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert document()["networks"]["back"]["internal"] is True
    assert [name for name, one in services().items() if "back" in one.get("networks", ())] == [
        BACKEND,
        "postgres",
        "redis",
    ]
    address = services()["proxy"]["networks"]["front"]["ipv4_address"]
    assert services()[BACKEND]["environment"]["TRUSTED_PROXIES"] == address


def test_every_container_is_bounded_and_watched() -> None:
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["restart"] == "unless-stopped", name
    assert "/ready" in services()[BACKEND]["healthcheck"]["test"][-1]
    # Longer than a drain, or it would be cut short.
    assert int(services()[BACKEND]["stop_grace_period"].removesuffix("s")) > 30


def test_images_are_pinned_to_a_minor_version() -> None:
    images = [service["image"] for service in services().values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", text("Dockerfile"), re.MULTILINE)
    assert len(images) == 5
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image)] == []


def test_volumes_networks_and_secrets_exist() -> None:
    for service in services().values():
        named = [volume.partition(":")[0] for volume in service.get("volumes", ()) if ":" in volume]
        assert {name for name in named if not name.startswith(".")} <= document()["volumes"].keys()
        assert all((ROOT / name).exists() for name in named if name.startswith("."))
        assert set(service.get("networks", ())) <= document()["networks"].keys()
        assert set(service.get("secrets", ())) <= document()["secrets"].keys()
        assert set(service.get("depends_on", ())) <= services().keys()


def test_compose_itself_reads_the_file() -> None:
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        ["docker", "compose", "config", "--quiet"], cwd=ROOT, env=os.environ | GIVEN, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
