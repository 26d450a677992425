"""The description of the API, with every error it may answer, served by a route like any other."""

from typing import Any

from fastapi import FastAPI, Request
from starlette.routing import Route

from server.access.rules import RULES, Rule
from server.problems import TITLES, ProblemFields

REFERENCE = {"$ref": "#/components/schemas/Problem"}
ALWAYS = (400, 403, 421, 429, 431, 500, 503)
WITH_BODY = (408, 413, 422)


def serve_openapi(app: FastAPI) -> None:
    """FastAPI's own route asks nobody who they are; its own document knows none of our errors."""
    address = app.openapi_url
    assert address is not None  # noqa: S101  for types; the docs pages need it too
    app.router.routes[:] = [route for route in app.routes if not (type(route) is Route and route.path == address)]
    app.add_api_route(address, _describe, include_in_schema=False)


# Not made anew for each application: FastAPI keeps what it once looked at for as long as the process lives.
async def _describe(request: Request) -> dict[str, Any]:
    return with_problems(request.app.openapi())


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Complete FastAPI's document: the errors of each operation, all of one shape."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemFields.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            answers.pop("422", None)  # FastAPI's, in its own form, also where a path takes any text
            own = [int(status) for status in answers if status.isdecimal() and int(status) >= 400]
            for status in sorted({*own, *_statuses(RULES.get((method.upper(), path), Rule()), operation)}):
                answers[str(status)] = {
                    "description": TITLES[status],
                    "content": {"application/problem+json": {"schema": REFERENCE}},
                }
    return document


def _statuses(rule: Rule, operation: dict[str, Any]) -> set[int]:
    found = set(ALWAYS)
    if not rule.public:
        found.add(401)
    if rule.object != "none":
        found.add(404)
    if "requestBody" in operation:
        found |= set(WITH_BODY)
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        found.add(422)
    return found
