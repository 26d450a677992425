"""`esoteric officer`, and the start that is refused while everybody knows an officer's password."""

import json
import sqlite3
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from server.access.accounts import DEVELOPMENT, DEVELOPMENT_PASSWORD, BadAccount, check_account
from tests.command import command_here
from tests.service import COMMAND, Service, clean_environment, run_command, start_process, stop_process
from tools.sealing import Sealer, refs_of_person

PASSWORD = "correct horse battery"


def officer(data_dir: Path, *arguments: str, typed: str = "") -> Result:
    return command_here(data_dir, "officer", *arguments, typed=typed)


def add(data_dir: Path, name: str, *more: str, typed: str = f"{PASSWORD}\n") -> Result:
    return officer(data_dir, "add", name, "--limit", "750000", "--password-stdin", *more, typed=typed)


def sign_in(service: Service, name: str, password: str) -> httpx.Response:
    return service.client().post("/api/v1/officers/sign-in", json={"name": name, "password": password})


def who(service: Service, token: str) -> int:
    headers = {"Cookie": f"__Host-officer={token}"}
    return service.client().get("/api/v1/officers/me", headers=headers).status_code


def test_add_list_disable(tmp_path: Path) -> None:
    done = add(tmp_path, "asha", "--role", "maker", "--role", "checker")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "asha added\n", "")
    listed = officer(tmp_path, "list")
    assert listed.stdout == "asha\tmaker,checker\t750000\tenabled\n"
    assert officer(tmp_path, "disable", "asha").exit_code == 0
    assert officer(tmp_path, "list").stdout.endswith("disabled\n")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert b"asha" in kept and b"$argon2id$" in kept and PASSWORD.encode() not in kept


@pytest.mark.parametrize(
    ("name", "roles", "limit", "password"),
    [
        ("Asha", ["maker"], 1, PASSWORD),
        ("a", ["maker"], 1, PASSWORD),
        ("asha\n", ["maker"], 1, PASSWORD),
        ("-asha", ["maker"], 1, PASSWORD),
        ("dev-maker", ["maker"], 1, PASSWORD),
        ("oidc-1", ["maker"], 1, PASSWORD),
        ("asha", ["owner"], 1, PASSWORD),
        ("asha", ["maker", "owner"], 1, PASSWORD),
        ("asha", [], 1, PASSWORD),
        ("asha", ["maker"], -1, PASSWORD),
        ("asha", ["maker"], 10**13, PASSWORD),
        ("asha", ["maker"], 1, ""),
        ("asha", ["maker"], 1, "elevenchars"),
        ("asha", ["maker"], 1, "x" * 257),
        ("asha", ["maker"], 1, "with control\x07characters"),
        ("asha", ["maker"], 1, "\ud800 half a character"),
        ("asha", ["maker"], 1, "eleven" + "\u200b" * 20),
        ("asha-the-checker", ["maker"], 1, "Asha-The-Checker"),
        ("asha", ["maker"], 1, DEVELOPMENT_PASSWORD),
    ],
)
def test_what_is_no_account(name: str, roles: list[str], limit: int, password: str) -> None:
    with pytest.raises(BadAccount) as bad:
        check_account(name, roles, limit, password)
    assert not password or password not in str(bad.value)


def test_the_largest_account() -> None:
    check_account("a" * 32, ["maker", "checker", "auditor"], 10**12, "x" * 256)


def test_a_bad_account_is_refused_in_one_line(tmp_path: Path) -> None:
    done = add(tmp_path, "asha", "--role", "maker", typed="elevenchars\n")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "elevenchars" not in done.stderr
    assert officer(tmp_path, "list").stdout == ""


def test_a_password_is_never_an_argument(tmp_path: Path) -> None:
    done = officer(tmp_path, "add", "asha", "--limit", "1", "--role", "maker", "--password", PASSWORD)
    assert done.exit_code == 2
    assert officer(tmp_path, "list").stdout == ""


def test_typed_passwords_must_agree(tmp_path: Path) -> None:
    arguments = ["add", "asha", "--limit", "1", "--role", "maker"]
    assert officer(tmp_path, *arguments, typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    arguments[1] = "ravi"
    assert officer(tmp_path, *arguments, typed=f"{PASSWORD}\nanother password\n").exit_code != 0


def test_who_is_not_there(tmp_path: Path) -> None:
    for command in (["disable", "asha"], ["password", "asha", "--password-stdin"]):
        done = officer(tmp_path, *command, typed=f"{PASSWORD}\n")
        assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert add(tmp_path, "asha").exit_code == 0  # a maker, if no role is named
    assert "\tmaker\t" in officer(tmp_path, "list").stdout
    again = add(tmp_path, "asha", "--role", "maker")
    assert again.exit_code == 2 and again.stderr.count("\n") == 1


def test_a_running_service_hears_at_once(data_dir: Path) -> None:
    """Added, given a new password and disabled beside it, without a restart."""
    service = start_process(data_dir)
    try:
        assert add(data_dir, "asha", "--role", "checker").exit_code == 0
        token = sign_in(service, "asha", PASSWORD).headers["set-cookie"].split("=", 1)[1].split(";")[0]
        assert who(service, token) == 200
        changed = officer(data_dir, "password", "asha", "--password-stdin", typed="another horse battery\n")
        assert changed.exit_code == 0, changed.stderr
        assert who(service, token) == 401
        assert sign_in(service, "asha", PASSWORD).status_code == 401
        token = sign_in(service, "asha", "another horse battery").headers["set-cookie"].split("=", 1)[1].split(";")[0]
        assert officer(data_dir, "disable", "asha").exit_code == 0
        assert who(service, token) == 401
        assert sign_in(service, "asha", "another horse battery").status_code == 401
    finally:
        stop_process(service)


EXPOSED = {
    "production": {"ENVIRONMENT": "production", "SECRET_KEY": "2Fh8s0Qp7Lx1Vb6Nd9Zk3Mt5Rw4Yc8Gj"},
    "another address": {"HOST": "0.0.0.0", "AUTH_REQUIRED": "true"},  # noqa: S104
}


def test_no_start_that_others_can_reach_with_a_password_that_everybody_knows(data_dir: Path) -> None:
    stop_process(start_process(data_dir))
    assert officer(data_dir, "list").stdout.count("enabled") == len(DEVELOPMENT)
    for way in EXPOSED.values():
        done = run_command([COMMAND, "serve"], clean_environment(data_dir) | {"PORT": "0"} | way)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1 and all(name in done.stderr for name in DEVELOPMENT), done.stderr
    assert officer(data_dir, "disable", *DEVELOPMENT).exit_code == 0
    service = start_process(data_dir, **EXPOSED["production"])
    try:
        assert sign_in(service, "dev-maker", DEVELOPMENT_PASSWORD).status_code == 401
    finally:
        stop_process(service)


def test_a_new_production_has_no_officers(data_dir: Path) -> None:
    service = start_process(data_dir, **EXPOSED["production"])
    try:
        assert sign_in(service, "dev-maker", DEVELOPMENT_PASSWORD).status_code == 401
        assert officer(data_dir, "list").stdout == ""
    finally:
        stop_process(service)


def test_own_details_are_kept_as_hashes_and_found_again(tmp_path: Path) -> None:
    add(tmp_path, "asha")
    typed = "ZZZPM1101A\n+91 90000 00001\nasha@example.com\n"
    done = officer(tmp_path, "own-details", "asha", "--stdin", typed=typed)
    assert (done.exit_code, done.stdout) == (0, "asha: 3 noted\n")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert not [word for word in (b"ZZZPM1101A", b"9000000001", b"asha@example.com") if word in kept]
    sealer = Sealer((tmp_path / "secret.key").read_bytes())
    with sqlite3.connect(tmp_path / "esoteric.db") as database:
        (refs,) = database.execute("SELECT own_refs FROM officers").fetchone()
    database.close()
    assert json.loads(refs) == refs_of_person(sealer, "ZZZPM1101A", "+919000000001", "asha@example.com")


@pytest.mark.parametrize("typed", ["ABC\n\n\n", "\n12345\n\n"])
def test_own_details_that_are_none_are_refused(tmp_path: Path, typed: str) -> None:
    add(tmp_path, "asha")
    done = officer(tmp_path, "own-details", "asha", "--stdin", typed=typed)
    assert done.exit_code == 2
    assert typed.strip() not in done.stderr


def test_own_details_of_nobody(tmp_path: Path) -> None:
    assert officer(tmp_path, "own-details", "nobody", "--stdin", typed="\n\n\n").exit_code == 2
