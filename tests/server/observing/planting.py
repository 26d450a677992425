"""Requests that carry a text in one place each: every place that the API has, read from its OpenAPI document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
HEADERS = (
    *("User-Agent", "Referer", "Origin", "Accept", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Request-ID"),
    *("Cookie", "Authorization", "X-Session-Token", "Last-Event-ID", "Content-Type", "Content-Encoding", "Range"),
    *("traceparent", "tracestate", "baggage", "langsmith-trace", "If-None-Match", "X-Unheard-Of"),
)


@dataclass
class Planted:
    """One request. `{session}` in its address stands for a session that exists."""

    place: str
    method: str
    path: str
    options: Json = field(default_factory=dict)


def requests(openapi: Json, text: str, turn: int) -> Iterator[Planted]:
    """All of them for the `turn`-th text, but of the headers every third: there are more of these than of all else."""
    for path, operations in openapi["paths"].items():
        for method in METHODS:
            if method in operations:
                yield from _operation(openapi, path, method, operations[method], text, HEADERS[turn % 3 :: 3])
    yield Planted("path", "GET", f"/{quote(text, safe='')}")
    yield Planted("path", "GET", f"/web/{quote(text, safe='')}.js")
    yield Planted("path", "GET", f"/api/v1/{quote(text, safe='')}?{quote(text)}")
    yield Planted("method", "".join(filter(str.isalnum, text)) or "X", "/health")


def _operation(
    openapi: Json, path: str, method: str, operation: Json, text: str, headers_now: Sequence[str]
) -> Iterator[Planted]:
    name, verb = f"{method} {path}", method.upper()
    parameters = operation.get("parameters", [])
    in_path = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
    query = {p["name"]: "{session}" for p in parameters if p["in"] == "query" and p.get("required")}
    address = path
    for parameter in in_path:
        address = address.replace(f"{{{parameter}}}", "{session}")
    body = _body(openapi, operation)

    for parameter in in_path:
        yield Planted(f"{name} path {parameter}", verb, path.replace(f"{{{parameter}}}", quote(text, safe="")), body)
    for parameter in {p["name"] for p in parameters if p["in"] == "query"} | {"unheard_of"}:
        yield Planted(f"{name} query {parameter}", verb, address, body | {"params": {**query, parameter: text}})
    yield Planted(f"{name} query name", verb, address, body | {"params": {**query, text: "1"}})
    for header in headers_now:
        value = f"session={text}; {text}=1" if header == "Cookie" else text
        if header == "Authorization":
            value = f"Bearer {text}"
        headers = {header.encode(): value.encode()}
        yield Planted(f"{name} header {header}", verb, address, body | {"params": query, "headers": headers})
    if "json" in body:
        known = body["json"]
        for field_name in {*_properties(openapi, operation), "unheard_of"}:
            for value in (text, [text], {text: text}):
                yield Planted(f"{name} body {field_name}", verb, address, {"json": {**known, field_name: value}})
        yield Planted(f"{name} body key", verb, address, {"json": {**known, text: 1}})
        for raw in (text, f'"{text}"', f'{{"{text}": NaN}}', f'{{"message": "{text}', f'["{text}"]'):
            yield Planted(f"{name} body raw", verb, address, {"content": raw.encode()})
    if "files" in body:
        known = body["data"]
        for field_name in known:
            yield Planted(f"{name} form {field_name}", verb, address, {**body, "data": {**known, field_name: text}})
        yield Planted(f"{name} form unheard_of", verb, address, {**body, "data": {**known, "unheard_of": text}})
        pdf = b"%PDF-1.4\n" + text.encode()
        for kind, content in (("file name", b"%PDF-1.4\n"), ("file", pdf), ("file", text.encode())):
            file = {"file": (f"{text}.pdf" if kind == "file name" else "a.pdf", content, "application/pdf")}
            yield Planted(f"{name} form {kind}", verb, address, {**body, "files": file})
        file = {"file": ("a.pdf", b"%PDF-1.4\n", f"application/{text}")}
        yield Planted(f"{name} form media type", verb, address, {**body, "files": file})


def _body(openapi: Json, operation: Json) -> Json:
    """A body that the route would take."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        schema = _resolved(openapi, content["application/json"]["schema"])
        required = {name: schema["properties"][name] for name in schema.get("required", ())}
        return {"json": {name: _example(_resolved(openapi, part)) for name, part in required.items()}}
    if "multipart/form-data" in content:
        return {"files": {"file": ("a.pdf", b"%PDF-1.4\n", "application/pdf")}, "data": {"kind": "salary_slip"}}
    return {}


def _properties(openapi: Json, operation: Json) -> list[str]:
    schema = _resolved(openapi, operation["requestBody"]["content"]["application/json"]["schema"])
    return list(schema.get("properties", ()))


def _resolved(openapi: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = openapi["components"]["schemas"][name] if name else schema
    return found


def _example(schema: Json) -> Any:
    return 3 if schema.get("type") == "integer" else "Hello there, I ask"
