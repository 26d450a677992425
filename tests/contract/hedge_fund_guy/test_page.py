"""The page at /hedge-fund-guy, without a browser: there for everybody, with all its files, under the strict policy."""

import re
from urllib.parse import urljoin

from tests.service import Service

PAGE = "/hedge-fund-guy"
NAMED = re.compile(r'(?:href|src)="(/web/[^"]+)"|from "(\.[^"]+)"|url\("(/web/[^"]+)"\)')


def test_the_page_comes_with_every_file_that_it_names(service: Service) -> None:
    http = service.client()
    page = http.get(PAGE)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "trusted-types 'none'" in policy
    assert "unsafe" not in policy

    seen: set[str] = set()
    waiting = {PAGE}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = http.get(address)
        assert answer.status_code == 200, address
        waiting |= {urljoin(address, name) for names in NAMED.findall(answer.text) for name in names if name} - seen
    assert {"/web/js/hedge-fund-guy/conversation.js", "/web/js/stream.js", "/web/candles.svg"} <= seen


def test_the_pages_lead_to_each_other(service: Service) -> None:
    http = service.client()
    assert f'href="{PAGE}"' in http.get("/").text
    assert 'href="/"' in http.get(PAGE).text
