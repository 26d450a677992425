"""The officers' page says where to sign in, and the way back from the identity provider leads to it."""

from pathlib import Path

import httpx

from tests.oidc_server import identity_provider
from tests.server.access.oidc_journey import Journey, oidc_settings
from tests.service import Service, fresh_data_dir, service_in_thread


def test_with_passwords(service: Service) -> None:
    answer = httpx.get(f"{service.base_url}/officer", trust_env=False)
    assert answer.status_code == 200
    assert 'data-sign-in="here"' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_at_the_organisation(tmp_path: Path, knowledge_dir: Path) -> None:
    data_dir = fresh_data_dir(tmp_path / "var", knowledge_dir)
    with identity_provider() as provider, service_in_thread(data_dir, **oidc_settings(provider)) as service:
        page = httpx.get(f"{service.base_url}/officer", trust_env=False).text
        assert 'data-sign-in="elsewhere"' in page and 'data-sign-in="here"' not in page
        journey = Journey(service)
        journey.sign_in()
        assert journey.returned is not None
        # A page that goes on, for a strict cookie does not come along on a redirect from elsewhere.
        assert 'content="0; url=/officer"' in journey.returned.text
        assert '<a href="/officer">' in journey.returned.text
