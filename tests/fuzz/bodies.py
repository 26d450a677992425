"""Bodies that no honest client sends: more than a hundred for every route, made from the fields it declares."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.fuzz.wire import Headers

CANARY = "KANARI-7351"
C = CANARY.encode()
BOUNDARY = b"boundary7351"


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes and the headers they come with. `ends`: they are fewer than announced."""

    name: str
    raw: bytes
    headers: Headers = ()
    ends: bool = False


# What stands in for the value of a field, as JSON text.
VALUES: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "number": b"7351",
    "minus zero": b"-0",
    "fraction": b"0.5",
    "huge": b"1e999",
    "minus huge": b"-1e999",
    "400 digits": b"9" * 400,
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "list": b'["' + C + b'"]',
    "object": b'{"' + C + b'": 1}',
    "empty": b'""',
    "blank": b'" \\t\\n\\u3000\\u00a0"',
    "NUL": b'"' + C + b'\\u0000"',
    "escape": b'"' + C + b'\\u001b[2J"',
    "lone surrogate": b'"' + C + b'\\ud800"',
    "swapped surrogates": b'"' + C + b'\\udc00\\ud800"',
    "raw surrogate": b'"' + C + b'\xed\xa0\x80"',
    "invalid UTF-8": b'"' + C + b'\xff\xfe"',
    "overlong UTF-8": b'"' + C + b'\xc0\xaf"',
    "beyond Unicode": b'"' + C + b'\xf5\x80\x80\x80"',
    "cut UTF-8": b'"' + C + b'\xe2\x82"',
    "bidi": '"KANARI-7351 \u202egpj.exe\u2066"'.encode(),
    "zero width": '"KANARI\u200b-7351\ufeff"'.encode(),
    "many marks": ('"KANARI-7351' + "e\u0301" * 1500 + '"').encode(),
    "grows in NFC": ('"KANARI-7351' + "\U0001d160" * 3900 + '"').encode(),
    "3,999 characters": b'"' + C + b"a" * (3999 - len(C)) + b'"',
    "4,001 characters": b'"' + C + b"a" * (4001 - len(C)) + b'"',
    "60,000 characters": b'"' + C + b"a" * 60_000 + b'"',
    "path": b'"../../../../etc/passwd ' + C + b'"',
    "SQL": b"\"'; DROP TABLE turns; -- " + C + b'"',
    "markup": b"\"<script>alert('" + C + b"')</script>\"",
    "template": b'"{{7*7}} ${7*7} %s %n ' + C + b'"',
    "CRLF": b'"' + C + b'\\r\\nSet-Cookie: a=b"',
    "pickle": b"\"cos\\nsystem\\n(S'true'\\ntR." + C + b'"',
    "raw tab": b'"' + C + b'\t"',
    "raw newline": b'"' + C + b'\n"',
    "half escape": b'"' + C + b'\\u12"',
    "wrong escape": b'"' + C + b'\\x41"',
    "single quotes": b"'" + C + b"'",
    "bare word": C,
    "hexadecimal": b"0x1f",
    "leading zero": b"007351",
    "leading plus": b"+7351",
    "depth 21": b"[" * 21 + b"]" * 21,
    "depth 1,000": b'{"a":' * 1000 + b"1" + b"}" * 1000,
}

# Whole bodies in place of a JSON object.
WHOLES: dict[str, bytes] = {
    "nothing": b"",
    "a blank": b" ",
    "NUL": b"\x00",
    "all bytes": bytes(range(256)),
    "only quotes": b'"',
    "string": b'"' + C + b'"',
    "number": b"7351",
    "minus": b"-",
    "true": b"true",
    "null": b"null",
    "NaN": b"NaN",
    "list": b'["' + C + b'"]',
    "empty list": b"[]",
    "empty object": b"{}",
    "other keys": b'{"' + C + b'": "' + C + b'"}',
    "empty key": b'{"": "' + C + b'"}',
    "proto": b'{"__proto__": {"' + C + b'": 1}, "constructor": 1, "__class__": "' + C + b'"}',
    "no colon": b'{"' + C + b'"}',
    "trailing comma": b'{"message": "' + C + b'",}',
    "two objects": b'{"message": "' + C + b'"}{"message": "b"}',
    "lines": b'{"message": "' + C + b'"}\n{"message": "b"}',
    "comment": b'{"message": "' + C + b'" /* c */}',
    "line comment": b"// " + C + b'\n{"message": "a"}',
    "hash comment": b"# " + C + b'\n{"message": "a"}',
    "byte order mark": b'\xef\xbb\xbf{"message": "' + C + b'"}',
    "prefix": b')]}\',\n{"message": "' + C + b'"}',
    "cut off": b'{"message": "' + C,
    "cut in escape": b'{"message": "' + C + b"\\",
    "depth 100,000": b"[" * 100_000,
    "objects 12,000 deep": b'{"a":' * 12_000,
    "many keys": b"{" + b",".join(b'"k%d": 1' % at for at in range(5000)) + b"}",
    "many commas": b"[" + b"," * 60_000 + b"]",
    "wide list": b"[" + b"0," * 30_000 + b"0]",
    "long key": b'{"' + C * 5000 + b'": 1}',
    "one key often": b"{" + b",".join([b'"message": "' + C + b'"'] * 1000) + b"}",
    "UTF-16": '{"message": "KANARI-7351"}'.encode("utf-16"),
    "UTF-32": '{"message": "KANARI-7351"}'.encode("utf-32"),
    "UTF-7": b"+AHsAIg-" + C,
    "Latin-1": '{"message": "KANARI-7351 é"}'.encode("latin-1"),
    "form": b"message=" + C + b"&session_id=" + C,
    "query": b"?message=" + C,
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;' + C + b"</a>",
    "YAML": b"message: !!python/object/apply:os.system ['" + C + b"']",
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s." + C,
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + C,
    "PDF": b"%PDF-1.7\n" + C + b"\n%%EOF",
    "zip": b"PK\x03\x04" + C,
    "CRLF": b"\r\n\r\nGET / HTTP/1.1\r\nHost: " + C + b"\r\n\r\n",
    "100 KB": b'{"message": "' + C + b"a" * 100_000 + b'"}',
    "blanks": b" " * 60_000 + b'{"message": "' + C + b'"}',
    "digits": b"9" * 60_000,
    "exponent": b'{"message": 1e-999999999, "a": 0.' + b"1" * 50_000 + b"}",
}
_SMALL = b'{"message": "' + C + b'"}'
_TYPES = (
    "text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json; charset=utf-16",
    "application/json; charset=KANARI-7351", "application/json;;;;", "application/KANARI-7351", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/mixed; boundary=" + "a" * 300, "*/*", ";", "", "a/b/c", "\xff/\xfe",
    "application/json, text/html", "application/json; boundary=\"KANARI-7351", "message/http",
)  # fmt: skip
_ENCODINGS: dict[str, bytes] = {
    "gzip": gzip.compress(_SMALL, mtime=0),
    "deflate": zlib.compress(_SMALL),
    "br": b"\x0b\x02\x80" + _SMALL,
    "identity": _SMALL,
    "KANARI-7351": _SMALL,
    "gzip, gzip": gzip.compress(gzip.compress(_SMALL, mtime=0), mtime=0),
    "gzip bomb": gzip.compress(b" " * 20_000_000, mtime=0),
}


def may_be_meant(field: str, name: str) -> bool:
    """What a customer could have sent after all: it begins a turn."""
    if field == "whole":
        return name in {"blanks", "byte order mark"}
    return field == "message" and name in {
        "bidi", "zero width", "many marks", "grows in NFC", "3,999 characters", "path", "SQL", "markup", "template",
        "CRLF", "pickle",
    }  # fmt: skip


def bodies(fields: Sequence[str], *, form: bool) -> Iterator[Body]:
    """Every hostile body for a route with these fields; `form`: it takes multipart."""
    names = list(fields) or ["message"]
    for name, raw in WHOLES.items():
        yield Body(f"whole: {name}", raw)
    for at, wrong in enumerate(names):
        for name, value in VALUES.items():
            others = b"".join(b'"%s": "Hi", ' % other.encode() for other in names[:at])
            yield Body(f"{wrong}: {name}", b'{%s"%s": %s}' % (others, wrong.encode(), value))
    for name in names:
        yield Body(f"{name} twice", json.dumps({name: CANARY})[:-1].encode() + b', "%s": "b"}' % name.encode())
    for kind in _TYPES:
        yield Body(f"type {kind[:40]!r}", _SMALL, [("Content-Type", kind.encode("latin-1"))])
    for encoding, packed in _ENCODINGS.items():
        yield Body(f"encoding {encoding}", packed, [("Content-Encoding", encoding.removesuffix(" bomb"))])
    yield Body("shorter than announced", _SMALL, [("Content-Length", "5000")], ends=True)
    yield Body("longer than announced", _SMALL, [("Content-Length", "5")])
    if form:
        yield from forms()


def forms() -> Iterator[Body]:
    """Multipart in ways that are broken, and files that are no salary slips."""
    kind = _part(b'name="kind"', b"salary_slip")
    file = _part(b'name="file"; filename="s.pdf"', b"%PDF-1.7\n" + C)
    end = b"--" + BOUNDARY + b"--\r\n"
    shapes: dict[str, bytes] = {
        "nothing": b"",
        "only the end": end,
        "no end": kind + file,
        "cut": (kind + file)[:-20],
        "kind alone": kind + end,
        "file alone": file + end,
        "both twice": kind + file + kind + file + end,
        "kind unknown": _part(b'name="kind"', C) + file + end,
        "kind as file": _part(b'name="kind"; filename="k"', b"salary_slip") + file + end,
        "file as field": kind + _part(b'name="file"', C) + end,
        "empty file": kind + _part(b'name="file"; filename="s.pdf"', b"") + end,
        "no file name": kind + _part(b'name="file"; filename=""', C) + end,
        "file name of a path": kind + _part(b'name="file"; filename="../../' + C + b'"', C) + end,
        "file name with NUL": kind + _part(b'name="file"; filename="a\x00' + C + b'"', C) + end,
        "file name of bytes": kind + _part(b'name="file"; filename="\xff\xfe' + C + b'"', C) + end,
        "file name in RFC 5987": kind + _part(b"name=\"file\"; filename*=utf-8''%00%ff" + C, C) + end,
        "file name unknown charset": kind + _part(b'name="file"; filename*=' + C + b"''a", C) + end,
        "long file name": kind + _part(b'name="file"; filename="' + C * 700 + b'"', C) + end,
        "no name": kind + _part(b"", C) + end,
        "no disposition": b"--" + BOUNDARY + b"\r\n\r\n" + C + b"\r\n" + end,
        "bad disposition": b"--" + BOUNDARY + b"\r\nContent-Disposition: " + C + b"\r\n\r\nx\r\n" + end,
        "header without colon": b"--" + BOUNDARY + b"\r\n" + C + b"\r\n\r\nx\r\n" + end,
        "long header": b"--" + BOUNDARY + b"\r\nX: " + C * 5000 + b"\r\n\r\nx\r\n" + end,
        "many headers": b"--" + BOUNDARY + b"\r\n" + b"X: 1\r\n" * 5000 + b"\r\nx\r\n" + end,
        "many parts": _part(b'name="a"', C) * 3000 + end,
        "many files": _part(b'name="file"; filename="a"', C) * 1500 + end,
        "big field": _part(b'name="kind"', C * 150_000) + file + end,
        "unknown transfer encoding": kind
        + _part(b'name="file"; filename="a"\r\nContent-Transfer-Encoding: ' + C, C)
        + end,
        "nested": _part(b'name="file"\r\nContent-Type: multipart/mixed; boundary=b', b"--b\r\n\r\n" + C) + end,
        "preamble": C * 100 + b"\r\n" + kind + file + end,
        "epilogue": kind + file + end + C * 100,
        "bare newlines": (kind + file + end).replace(b"\r\n", b"\n"),
        "another boundary": (kind + file + end).replace(BOUNDARY, b"other"),
        "junk": C + bytes(range(256)) * 20,
        "6 MB": kind + _part(b'name="file"; filename="s.pdf"', b"%PDF-1.7\n" + C + b"a" * 6_000_000) + end,
    }
    for name, raw in shapes.items():
        yield Body(f"form: {name}", raw, [("Content-Type", b"multipart/form-data; boundary=" + BOUNDARY)])
    for name, raw in FILES.items():
        raw = kind + _part(b'name="file"; filename="s.pdf"', raw) + end
        yield Body(f"file: {name}", raw, [("Content-Type", b"multipart/form-data; boundary=" + BOUNDARY)])
    for boundary in (b"", b'"', b"a b", b"\xff", C + b"*" * 100, b"a" * 3000):
        raw = kind.replace(BOUNDARY, boundary) + b"--" + boundary + b"--\r\n"
        yield Body(f"boundary {boundary[:20]!r}", raw, [("Content-Type", b"multipart/form-data; boundary=" + boundary)])


# Whole documents are the matter of tests/tools/documents; here stand what the door itself must not stumble over.
FILES: dict[str, bytes] = {
    "text": C,
    "NUL": b"\x00" * 100,
    "PDF's first bytes": b"%PDF-",
    "PDF and junk": b"%PDF-1.7\n" + bytes(range(256)) * 4,
    "PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "PNG of no size": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 17,
    "PNG of every size": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\xff" * 17,
    "JPEG's first bytes": b"\xff\xd8\xff",
    "JPEG of markers": b"\xff\xd8\xff\xe0\xff\xff" + b"\xff\xe1\x00\x02" * 500,
    "PDF inside PNG": b"\x89PNG\r\n\x1a\n%PDF-1.7",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="' + C + b'"/>',
    "page": b"<!doctype html><script>" + C + b"</script>",
    "zip": b"PK\x03\x04" + C,
    "program": b"\x7fELF\x02\x01\x01" + C,
}


def _part(disposition: bytes, content: bytes) -> bytes:
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"
