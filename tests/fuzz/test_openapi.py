"""The service does what its OpenAPI document says, errors included."""

from pathlib import Path

import httpx
import pytest

from server.problems import TITLES
from tests.fuzz.openapi_run import check_openapi
from tests.service import Service

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(service: Service) -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    return httpx.get(f"{service.base_url}/openapi.json", trust_env=False).raise_for_status().json()  # type: ignore[no-any-return]


def test_what_is_generated_from_the_document(service: Service, tmp_path: Path) -> None:
    made, said, well = check_openapi(service, tmp_path, "--phases", "fuzzing", "--max-examples", "4", "--seed", "7351")
    assert well, said[-5000:]
    assert made > 40


def test_every_error_has_one_form(document: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert method in METHODS
            answers: dict[str, dict[str, object]] = operation["responses"]  # type: ignore[assignment]
            for status, answer in answers.items():
                if int(status) >= 400:
                    assert answer["content"] == problem, (path, method, status)
                    assert answer["description"] == TITLES[int(status)]
            assert {"400", "403", "500", "503"} <= answers.keys(), (path, method)
            if "requestBody" in operation:
                assert {"413", "422"} <= answers.keys(), (path, method)
            if "{session_id}" in path:
                assert {"401", "404"} <= answers.keys(), (path, method)


def test_a_turn_may_conflict(document: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
    for path in ("/api/v1/chat", "/api/v1/chat/stream", "/api/chat", "/api/chat/stream"):
        assert "409" in document["paths"][path]["post"]["responses"]  # type: ignore[operator]
