"""The command `esoteric`: decide, kb, chat."""

import json
from pathlib import Path

import pytest

from tests.driver import policy_cases
from tests.service import COMMAND, Service, clean_environment, free_port, run_command

CASES = {case["id"]: case for case in policy_cases()["cases"]}


def decide_file(case_id: str, **changes: object) -> dict[str, object]:
    case = CASES[case_id]
    customers = {customer["customer_id"]: customer for customer in policy_cases()["customers"]}
    return {
        "customer": customers[case["customer"]],
        "override": case["override"],
        "request": case["request"],
        "as_of": policy_cases()["as_of"],
        "profile": "default",
    } | changes


def one_of_each_decision() -> list[str]:
    found: dict[str, str] = {}
    for case_id, case in CASES.items():
        found.setdefault(case["expected"]["decision"], case_id)
    return list(found.values())


@pytest.mark.parametrize("case_id", one_of_each_decision())
def test_decide(tmp_path: Path, case_id: str) -> None:
    """Every decision is a success; what it says is what is expected."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(decide_file(case_id)), encoding="utf-8")
    done = run_command([COMMAND, "decide", file], clean_environment(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    decided, expected = json.loads(done.stdout), CASES[case_id]["expected"]
    assert {name: decided[name] for name in expected} == expected


def test_decide_by_the_strict_profile(tmp_path: Path) -> None:
    case_id = next(
        case_id
        for case_id, case in CASES.items()
        if case["expected_challenge_strict"]["decision"] != case["expected"]["decision"]
    )
    file = tmp_path / "case.json"
    file.write_text(json.dumps(decide_file(case_id, profile="challenge_strict")), encoding="utf-8")
    done = run_command([COMMAND, "decide", file], clean_environment(tmp_path))
    expected = CASES[case_id]["expected_challenge_strict"]
    decided = json.loads(done.stdout)
    assert {name: decided[name] for name in expected} == expected


BAD_FILES = {
    "not json": b"KANARI",
    "empty": b"",
    "binary": b"\xff\xfe\x00KANARI",
    "a list": b'["KANARI"]',
    "no customer": b'{"request": {"amount": 1}}',
    "wrong amount": json.dumps(decide_file("P001", request={"amount": "KANARI", "months": 12})).encode(),
    "unknown profile": json.dumps(decide_file("P001", profile="KANARI")).encode(),
    "unknown day": json.dumps(decide_file("P001", as_of="KANARI")).encode(),
    "deep": b"[" * 100_000,
    "NaN": json.dumps(decide_file("P001", request={"amount": float("nan"), "months": 12})).encode(),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_decide_refuses_a_bad_file_in_one_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(BAD_FILES[name])
    done = run_command([COMMAND, "decide", file], clean_environment(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.endswith("\n") and done.stderr.count("\n") == 1, done.stderr
    assert "KANARI" not in done.stderr


@pytest.mark.parametrize("arguments", [["decide", "missing.json"], ["decide", "."]])
def test_decide_refuses_what_is_no_file(tmp_path: Path, arguments: list[str]) -> None:
    done = run_command([COMMAND, *arguments], clean_environment(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_kb_ingest_and_query(data_dir: Path) -> None:
    environment = clean_environment(data_dir)
    ingested = run_command([COMMAND, "kb", "ingest"], environment)
    assert ingested.returncode == 0, ingested.stderr
    assert ingested.stdout.startswith("loan-clauses: 0 added, 0 changed, 0 removed, ")
    asked = run_command([COMMAND, "kb", "query", "What is the processing fee?"], environment)
    assert asked.returncode == 0, asked.stderr
    assert "2%" in asked.stdout and "fee" in asked.stdout.lower()
    asked = run_command([COMMAND, "kb", "query", "--markets", "what is momentum"], environment)
    assert "Momentum" in asked.stdout
    assert run_command([COMMAND, "kb", "query", "fee", "--top-k", "21"], environment).returncode == 2


def test_chat_with_a_running_service(service: Service, tmp_path: Path) -> None:
    typed = "I need a loan of 3 lakh rupees\n\nMy name is Aarav Mehta\n/quit\nnever said\n"
    done = run_command([COMMAND, "chat", "--url", service.base_url], clean_environment(tmp_path), typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Hello! I'm your AI Loan Sales Assistant")
    assert "Great! I can help you with a ₹3,00,000 loan." in done.stdout
    assert "Over how many months" in done.stdout
    assert "never said" not in done.stdout
    assert not list(tmp_path.iterdir())


def test_chat_shows_the_simulated_phone(service: Service, tmp_path: Path) -> None:
    typed = "I am Aarav Mehta, 3 lakh for 36 months for a wedding\nyes\nyes\nyes\nZZZPM1101A\n18/04/1992\n9000000001\n"
    done = run_command([COMMAND, "chat", "--url", f"{service.base_url}/"], clean_environment(tmp_path), typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[simulated phone]" in done.stdout


def test_chat_with_a_service_of_its_own(data_dir: Path) -> None:
    done = run_command([COMMAND, "chat"], clean_environment(data_dir), typed="I need 3 lakh\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "₹3,00,000" in done.stdout


def test_chat_with_the_hedge_fund_guy(service: Service, tmp_path: Path) -> None:
    typed = "What is momentum?\n\nMy name is Aarav Mehta\n/quit\nnever said\n"
    command = [COMMAND, "chat", "--assistant", "hedge_fund_guy", "--url", f"{service.base_url}/"]
    done = run_command(command, clean_environment(tmp_path), typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    http = service.client()
    found = http.get("/api/sessions", params={"limit": 1}).json()[0]
    assert found["data"]["name"] == "Aarav Mehta"
    history = http.get(f"/api/sessions/{found['session_id']}").json()["conversation_history"]
    told = [entry["content"] for entry in history if entry["role"] == "assistant"]
    assert len(told) == 3
    assert done.stdout == f"{told[0]}\n(/quit to leave)\n\n{told[1]}\n\n{told[2]}\n\n"


@pytest.mark.parametrize("assistant", ["loan", "hedge_fund_guy"])
def test_chat_with_nobody(tmp_path: Path, assistant: str) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    command = [COMMAND, "chat", "--url", url, "--assistant", assistant]
    done = run_command(command, clean_environment(tmp_path), typed="Hi\n")
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1 and url in done.stderr


def test_help_and_no_command(tmp_path: Path) -> None:
    done = run_command([COMMAND, "--help"], clean_environment(tmp_path))
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("serve", "chat", "decide", "kb"))
