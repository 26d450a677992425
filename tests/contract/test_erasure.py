"""DELETE erases: nothing to fetch afterwards, and no byte of the person in any file of the data directory."""

import time
from pathlib import Path

from tests.contract.test_problems import check_problem
from tests.driver import Conversation, converse, customers
from tests.service import Service

SAID = "Zanzibar Quokka Tapestry"


def copies(data_dir: Path, values: dict[str, bytes]) -> dict[str, list[str]]:
    """Which value is in which files still."""
    contents = {path: path.read_bytes() for path in data_dir.rglob("*") if path.is_file()}
    found = {
        name: sorted(str(path.relative_to(data_dir)) for path, content in contents.items() if value in content)
        for name, value in values.items()
    }
    return {name: files for name, files in found.items() if files}


def personal_values(customer_id: str) -> dict[str, bytes]:
    customer = customers()[customer_id]
    values = [customer[name] for name in ("name", "pan", "phone", "email", "dob", "employer")]
    return {value: value.encode() for value in [*values, SAID]}


def test_nothing_is_left_to_fetch(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01")
        http, path = conversation.http, f"/api/v1/sessions/{conversation.session_id}"
        letter = conversation.last["loan_application"]["sanction_letter_url"]
        assert http.delete(path).status_code == 200
        for gone in ("", "/messages", "/decision", "/kfs"):
            check_problem(http.get(path + gone), 404)
        check_problem(http.get(letter), 404)
        check_problem(http.get("/api/v1/dev/outbox", params={"session_id": conversation.session_id}), 404)
        check_problem(http.post("/api/v1/chat", json={"message": "Hi", "session_id": conversation.session_id}), 404)
        check_problem(http.delete(path), 404)


def test_no_byte_is_left_on_disk(own_service: Service) -> None:
    values = personal_values("C02")
    with Conversation(own_service) as conversation:
        conversation.say(f"Hello, {SAID}")
        converse(conversation, "C02")
        # What development sends, and nothing else: the rest is sealed. `tests/server/test_at_rest.py` looks closer.
        assert copies(own_service.data_dir / "outbox", values).keys() >= {customers()["C02"]["phone"]}
        conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").raise_for_status()
    assert not list((own_service.data_dir / "outbox").glob("*.eml"))
    assert copies(own_service.data_dir, values) == {}


def test_other_sessions_keep_everything(own_service: Service) -> None:
    with Conversation(own_service) as kept, Conversation(own_service) as erased:
        converse(kept, "C01")
        before = (kept.session(), kept.transcript(), kept.outbox(), kept.get("/decision"), kept.get("/kfs"))
        converse(erased, "C16")
        erased.http.delete(f"/api/v1/sessions/{erased.session_id}").raise_for_status()
        after = (kept.session(), kept.transcript(), kept.outbox(), kept.get("/decision"), kept.get("/kfs"))
        assert after == before
        assert kept.http.get(kept.last["loan_application"]["sanction_letter_url"]).status_code == 200


def test_a_delete_waits_for_the_turn_under_way(own_service: Service) -> None:
    with Conversation(own_service) as conversation:
        http, body = conversation.http, {"message": "I need 3 lakh", "session_id": conversation.session_id}
        with http.stream("POST", "/api/v1/chat/stream", json=body) as response:
            deleted = own_service.client().delete(f"/api/v1/sessions/{conversation.session_id}")
            response.read()
        assert deleted.status_code == 200
        time.sleep(0.05)
        check_problem(http.get(f"/api/v1/sessions/{conversation.session_id}"), 404)
