"""What the service refuses to start with, and whom it refuses while it asks nobody who they are."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.testclient import TestClient

from server.app import create_app
from server.limits.address import is_loopback
from server.settings import SettingsError, load_settings
from tests.command import command_here
from tests.server.access.callers import PREVIOUS, SECRET
from tests.service import start_process, stop_process

PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET}
REFUSED = {
    "no secret": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "a short secret": ({"SECRET_KEY": SECRET[:31]}, "SECRET_KEY"),
    "the guide's secret": ({"SECRET_KEY": "generate_strong_random_key_here"}, "SECRET_KEY"),
    "a placeholder": ({"SECRET_KEY": "please-CHANGE_me-before-production-0123"}, "SECRET_KEY"),
    "one letter": ({"SECRET_KEY": "x" * 64}, "SECRET_KEY"),
    "the secret as its predecessor": ({"PREVIOUS_SECRET_KEY": SECRET}, "PREVIOUS_SECRET_KEY"),
    "a weak predecessor": ({"PREVIOUS_SECRET_KEY": "kanari"}, "PREVIOUS_SECRET_KEY"),
    "no sign-in": ({"AUTH_REQUIRED": "false"}, "AUTH_REQUIRED"),
    "any origin": ({"ALLOWED_ORIGINS": '["*"]'}, "ALLOWED_ORIGINS"),
    "many origins": ({"ALLOWED_ORIGINS": '["https://*.example.com"]'}, "ALLOWED_ORIGINS"),
    "no key file": ({"CLIENT_KEYS_FILE": "missing.json"}, "CLIENT_KEYS_FILE"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_production_is_refused_with(tmp_path: Path, kind: str) -> None:
    changes, name = REFUSED[kind]
    done = command_here(tmp_path, "serve", **PRODUCTION | changes)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"{name}: ") and done.stderr.count("\n") == 1, done.stderr
    assert not any(value in done.stderr for value in changes.values() if len(value) > 5)


def test_production_serves_whom_it_knows(data_dir: Path) -> None:
    service = start_process(data_dir, **PRODUCTION)
    try:
        client = service.client()
        session = client.post("/api/v1/sessions")
        path, capability = f"/api/v1/sessions/{session.json()['session_id']}", session.headers["X-Session-Token"]
        client.cookies.clear()
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"X-Session-Token": capability}).status_code == 200
        assert client.get("/metrics").status_code == 401
        assert client.get("/openapi.json").status_code == 401
        assert client.get("/api/v1/dev/outbox", headers={"X-Session-Token": capability}).json()["code"] == "not_found"
    finally:
        stop_process(service)


def test_production_may_start() -> None:
    settings = load_settings(_env_file=None, environment="production", secret_key=SECRET, previous_secret_key=PREVIOUS)
    assert settings.auth_required


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.com", ""])  # noqa: S104
def test_without_sign_in_only_this_machine_is_served(tmp_path: Path, host: str) -> None:
    done = command_here(tmp_path, "serve", HOST=host or "0")
    assert done.exit_code == 2
    assert done.stderr.startswith("HOST: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost"])
def test_what_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::ffff:192.0.2.1", "128.0.0.1", "localhost.example.com", "127.1"])  # noqa: S104
def test_what_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("testclient", 403)]
)
def test_without_sign_in_a_caller_from_elsewhere_is_refused(data_dir: Path, address: str, status: int) -> None:
    """Whatever address the service was made to listen on."""
    app = create_app(load_settings(_env_file=None, data_dir=data_dir))
    with TestClient(app, base_url="http://127.0.0.1:8000", client=(address, 50000)) as client:
        for path in ("/health", "/metrics", "/"):
            answer = client.get(path)
            assert answer.status_code == status
        assert client.post("/api/v1/sessions").status_code == status
        if status == 200:  # a tunnel on this machine says whom it brings
            for told, heard in (("203.0.113.9", 403), ("127.0.0.1", 200), ("127.0.0.1, 203.0.113.9", 403)):
                assert client.get("/", headers={"X-Forwarded-For": told}).status_code == heard


def pem(key: Any) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, kind)
    return encoded.decode()


ENTRY = {
    "kid": "one",
    "alg": "EdDSA",
    "tenant": "acme",
    "scopes": ["sessions:read"],
    "public_key": pem(ed25519.Ed25519PrivateKey.generate()),
}
BAD_KEYS = {
    "not JSON": "kanari",
    "not a list": json.dumps(ENTRY),
    "no kid": json.dumps([{name: value for name, value in ENTRY.items() if name != "kid"}]),
    "a secret": json.dumps([ENTRY | {"secret": "kanari"}]),
    "alg of a secret": json.dumps([ENTRY | {"alg": "HS256"}]),
    "another alg": json.dumps([ENTRY | {"alg": "ES256"}]),
    "another curve": json.dumps([ENTRY | {"alg": "ES256", "public_key": pem(ec.generate_private_key(ec.SECP384R1()))}]),
    "RSA": json.dumps([ENTRY | {"public_key": pem(rsa.generate_private_key(65537, 2048))}]),
    "no key": json.dumps([ENTRY | {"public_key": "kanari"}]),
    "the same kid twice": json.dumps([ENTRY, ENTRY]),
    "an unknown scope": json.dumps([ENTRY | {"scopes": ["kanari"]}]),
    "an operator": json.dumps([ENTRY | {"scopes": ["operate"]}]),
    "our name": json.dumps([ENTRY | {"tenant": "esoteric"}]),
}


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_a_bad_file_of_keys(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(BAD_KEYS[kind])
    with pytest.raises(SettingsError) as error:
        load_settings(_env_file=None, data_dir=tmp_path, client_keys_file=file).key_ring()
    assert str(error.value).startswith("CLIENT_KEYS_FILE: ")
    assert "kanari" not in str(error.value) and "\n" not in str(error.value)


WRONG_TOKENS = {
    "no client": ["--scope", "operate"],
    "no scope": ["--client", "a"],
    "an unknown scope": ["--client", "a", "--scope", "everything"],
    "operate with another": ["--client", "a", "--scope", "operate", "--scope", "sessions:read"],
    "too long": ["--client", "a", "--scope", "operate", "--minutes", "16"],
    "no time": ["--client", "a", "--scope", "operate", "--minutes", "0"],
    "an odd client": ["--client", "a b", "--scope", "operate"],
    "an odd tenant": ["--client", "a", "--tenant", "a/b", "--scope", "operate"],
    "a long id": ["revoke", "x" * 65],
}


@pytest.mark.parametrize("kind", WRONG_TOKENS)
def test_a_token_that_is_not_made(tmp_path: Path, kind: str) -> None:
    done = command_here(tmp_path, "token", *WRONG_TOKENS[kind])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
