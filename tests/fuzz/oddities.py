"""Paths, queries, headers, methods and framings that no honest client sends."""

from collections.abc import Iterator

from tests.fuzz.bodies import CANARY, C
from tests.fuzz.wire import Headers, request

# Instead of a part of the path.
PATH_PARTS: tuple[bytes, ...] = (
    b"%00", b"%0d%0aSet-Cookie:%20a=b", b"%ff%fe", b"%c0%af", b"%ed%a0%80", b"%f5%80%80%80", b"%", b"%zz", b"%2",
    b"%25%30%30", b"%2e%2e", b"%2e%2e%2fetc%2fpasswd", b"..%5c..%5cwindows", b"..;", b"..", b".", b"%2f", b"a%2fb",
    b"%20", b"+", b"*", b"~", b"{id}", b"${7*7}", b"'%20OR%201=1--", b"<script>" + C, b"%3Cscript%3E" + C,
    b"%F0%9F%99%8F", b"%E0%A4%8F", b"%E2%80%AE" + C, b"%EF%BB%BF", b"-1", b"0", b"9" * 400, b"null", b"undefined",
    b"\xff\xfe", "एक".encode(), b"a" * 3000, C, C + b";a=b", C + b".json", C + b"%23a",
    b"00000000-0000-0000-0000-000000000000",
)  # fmt: skip
QUERIES: tuple[bytes, ...] = (
    b"?", b"??", b"?&&&", b"?=", b"?=" + C, b"?" + C, b"?" + C + b"=" + C, b"?%00=%00", b"?%ff=%fe", b"?a=%ed%a0%80",
    b"?session_id=" + C, b"?session_id=%00", b"?session_id=" + C + b"&session_id=" + C, b"?session_id[]=" + C,
    b"?session_id[a]=" + C, b"?session_id=%ff", b"?session_id=" + b"a" * 6000, b"?" + b"a=b&" * 1500,
    b"?a=" + b"%41" * 2000,
    b"?token=" + C, b"?access_token=" + C, b"?_method=DELETE", b"?callback=" + C, b"?limit=-1", b"?limit=1e999",
    b"?a=<script>" + C, b"?%zz=%zz", b"?a;b;c", b"?\xff\xfe=" + C, b"?last_event_id=" + b"9" * 400,
)  # fmt: skip
HEADERS: dict[str, Headers] = {
    "not ASCII": [("X-Odd", b"\xff\xfe" + C)],
    "name not ASCII": [(b"X-\xc3\xa9", C)],
    "8 KB": [("X-Odd", C * 700)],
    "60 KB": [("X-Odd", C * 5500)],
    "often": [("X-Odd", C)] * 500,
    "tab": [("X-Odd", b"\t" + C + b"\t")],
    "empty": [("X-Odd", b"")],
    "NUL": [("X-Odd", b"a\x00" + C)],
    "bare CR": [("X-Odd", b"a\r" + C)],
    "folded": [("X-Odd", b"a\r\n " + C)],
    "escape": [("X-Odd", b"\x1b[2J" + C)],
    "bad Accept": [("Accept", b"\xff;q=" + C)],
    "Accept of many": [("Accept", b",".join([b"a/" + C] * 2000))],
    "Accept text": [("Accept", "text/plain; q=1e999")],
    "Accept-Encoding": [("Accept-Encoding", b"gzip;q=" + C)],
    "Accept-Language": [("Accept-Language", C * 100)],
    "cookie": [("Cookie", C)],
    "cookie of many": [("Cookie", b"; ".join([b"a=" + C] * 1500))],
    "cookie of bytes": [("Cookie", b"a=\xff\xfe\x80; \x01=" + C)],
    "cookie of quotes": [("Cookie", b'session="\\"\\' + C + b'; __Host-session="')],
    "cookies": [("Cookie", b"__Host-session=" + C), ("Cookie", b"__Host-session=" + C)],
    "bearer": [("Authorization", b"Bearer " + C)],
    "bearer of three": [("Authorization", b"Bearer a.b." + C)],
    "bearer of bytes": [("Authorization", b"Bearer \xff\xfe.\x80." + C)],
    "bearer of nothing": [("Authorization", "Bearer")],
    "bearer twice": [("Authorization", b"Bearer " + C), ("Authorization", "Bearer b")],
    "basic": [("Authorization", "Basic S0FOQVJJLTczNTE6")],
    "basic of nothing": [("Authorization", "Basic")],
    "session token": [("X-Session-Token", C)],
    "session token of bytes": [("X-Session-Token", b"\xff\xfe" + C)],
    "session token, long": [("X-Session-Token", C * 500)],
    "session tokens": [("X-Session-Token", C), ("X-Session-Token", C)],
    "range": [("Range", "bytes=0-")],
    "range backwards": [("Range", "bytes=9-1")],
    "range of many": [("Range", "bytes=" + ",".join(f"{at}-{at}" for at in range(800)))],
    "range of digits": [("Range", "bytes=" + "9" * 400 + "-")],
    "range of words": [("Range", b"bytes=" + C + b"-" + C)],
    "range of units": [("Range", C + b"=0-1")],
    "range if": [("Range", "bytes=0-1"), ("If-Range", CANARY)],
    "if modified": [("If-Modified-Since", CANARY)],
    "if none match": [("If-None-Match", b'"' + C + b'", *')],
    "event id": [("Last-Event-ID", CANARY)],
    "event id of digits": [("Last-Event-ID", "9" * 400)],
    "event id below zero": [("Last-Event-ID", "-1")],
    "event id of bytes": [("Last-Event-ID", b"\xff\x00")],
    "host": [("Host", CANARY)],
    "host empty": [("Host", "")],
    "host twice": [("Host", "127.0.0.1"), ("Host", CANARY)],
    "host of bytes": [("Host", b"\xff\xfe@" + C)],
    "host of port": [("Host", "127.0.0.1:" + "9" * 400)],
    "origin": [("Origin", "https://kanari-7351.example.com")],
    "origin null": [("Origin", "null")],
    "origin of bytes": [("Origin", b"\xff\xfe" + C)],
    "forwarded": [("X-Forwarded-For", "1.2.3.4, " * 900 + CANARY)],
    "forwarded of bytes": [("X-Forwarded-For", b"\xff, ::ffff:999.1.1.1, [::1" + C)],
    "forwarded proto": [("X-Forwarded-Proto", CANARY), ("X-Forwarded-Host", CANARY), ("Forwarded", "for=" + CANARY)],
    "method override": [("X-HTTP-Method-Override", "DELETE")],
    "trace": [("traceparent", CANARY), ("baggage", "a=" + CANARY), ("langsmith-trace", CANARY)],
    "expect": [("Expect", CANARY)],
    "upgrade": [("Connection", "Upgrade"), ("Upgrade", CANARY)],
    "upgrade to HTTP/2": [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", CANARY)],
    "upgrade to nothing": [("Connection", "Upgrade"), ("Upgrade", "websocket")],
    "keep-alive": [("Keep-Alive", "timeout=" + "9" * 50), ("Connection", "close, " + CANARY)],
    "TE": [("TE", "trailers, " + CANARY)],
    "proxy": [("Proxy", "http://" + CANARY), ("Proxy-Authorization", CANARY)],
    "fetch": [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", CANARY)],
    "preflight": [("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", CANARY)],
}
METHODS: tuple[bytes, ...] = (
    b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"PROPFIND", b"LINK", b"SEARCH",
    b"PURGE", b"get", C, b"A" * 3000, b"\xff\xfe", b"",
)  # fmt: skip


def framings(path: bytes, port: int) -> Iterator[tuple[str, bytes]]:
    """Requests that break HTTP itself, or nearly."""
    host = b"Host: 127.0.0.1:%d\r\n" % port
    close = b"Connection: close\r\n"
    small = b'{"message": "' + C + b'"}'

    def post(headers: bytes, body: bytes) -> bytes:
        return b"POST " + path + b" HTTP/1.1\r\n" + host + close + headers + b"\r\n" + body

    chunked = b"Transfer-Encoding: chunked\r\n"
    yield "no version", b"GET " + path + b"\r\n\r\n"
    for version in (b"HTTP/0.9", b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.", b"http/1.1", C):
        yield f"version {version!r}", b"GET " + path + b" " + version + b"\r\n" + host + close + b"\r\n"
    yield "two blanks", b"GET  " + path + b"  HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "blank before the line", b" GET " + path + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "empty lines before", b"\r\n\r\n\r\nGET " + path + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "bare newlines", (b"GET " + path + b" HTTP/1.1\r\n" + host + close + b"\r\n").replace(b"\r\n", b"\n")
    yield "bare returns", (b"GET " + path + b" HTTP/1.1\r\n" + host + close + b"\r\n").replace(b"\r\n", b"\r")
    yield "CRLF in the path", b"GET " + path + b"\r\nX: " + C + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "NUL in the path", b"GET " + path + b"\x00" + C + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "absolute form", b"GET http://" + C + path + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "another scheme", b"GET gopher://" + C + path + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "authority form", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "asterisk", b"OPTIONS * HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "fragment", b"GET " + path + b"#" + C + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "long path", b"GET " + path + b"/" + b"a" * 70_000 + b" HTTP/1.1\r\n" + host + close + b"\r\n"
    yield "no host", b"GET " + path + b" HTTP/1.1\r\n" + close + b"\r\n"
    yield "no colon", b"GET " + path + b" HTTP/1.1\r\n" + host + close + C + b"\r\n\r\n"
    yield "blank before the colon", b"GET " + path + b" HTTP/1.1\r\n" + host + close + b"X : " + C + b"\r\n\r\n"
    yield "no header name", b"GET " + path + b" HTTP/1.1\r\n" + host + close + b": " + C + b"\r\n\r\n"
    yield "many headers", b"GET " + path + b" HTTP/1.1\r\n" + host + close + b"X: 1\r\n" * 10_000 + b"\r\n"
    yield "1 MB header", b"GET " + path + b" HTTP/1.1\r\n" + host + close + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n"
    for length in (b"-1", b"+5", b"0x10", b"1e3", b"5, 5", b"5, 6", b"", b"9" * 30, b"\xff", C, b"5 5"):
        yield f"length {length!r}", post(b"Content-Length: " + length + b"\r\n", small)
    yield "lengths that agree", post(b"Content-Length: 5\r\nContent-Length: 5\r\n", small)
    yield "lengths that differ", post(b"Content-Length: 5\r\nContent-Length: 6\r\n", small)
    yield "length and chunks", post(b"Content-Length: 5\r\n" + chunked, b"0\r\n\r\n")
    for coding in (b"gzip", b"chunked, gzip", b"gzip, chunked", b"identity", b"xchunked", b"chunked chunked", b"", C):
        yield f"coding {coding!r}", post(b"Transfer-Encoding: " + coding + b"\r\n", b"0\r\n\r\n")
    yield "chunked twice", post(chunked + chunked, b"0\r\n\r\n")
    for size in (b"-1", b"0x5", b"zz", b"", b"f" * 17, b"7fffffffffffffff", b"ffffffffffffffff", b"5 ", C):
        yield f"chunk of {size!r}", post(chunked, size + b"\r\nabcde\r\n0\r\n\r\n")
    yield "chunk too short", post(chunked, b"3\r\nabcde\r\n0\r\n\r\n")
    yield "chunk extension", post(chunked, b"5;" + C * 9000 + b"\r\nabcde\r\n0\r\n\r\n")
    yield "tiny chunks", post(chunked, b"1\r\n \r\n" * 20_000 + b"0\r\n\r\n")
    yield "trailers", post(chunked, b"0\r\nX-Session-Token: " + C + b"\r\nContent-Length: 5\r\n\r\n")
    yield "trailers without end", post(chunked, b"0\r\n" + b"X: " + C * 500 + b"\r\n" * 2)
    yield "endless body", post(chunked, (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 160)
    yield "nothing", b""
    yield "one byte", b"\x00"
    yield "TLS", bytes.fromhex("16030100a5010000a1030300") + C + bytes(150)
    yield "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)
    yield "SSH", b"SSH-2.0-" + C + b"\r\n"
    yield "SMTP", b"EHLO " + C + b"\r\n"
    yield "junk", bytes(range(255, -1, -1)) * 20
    yield "two at once", request("GET", path, port=port).replace(close, b"") + request("GET", path, port=port)
    yield "answer", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + C
