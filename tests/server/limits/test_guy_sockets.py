"""What limits the hedge fund guy's sockets, which may begin a session each."""

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server.limits.figures import FIGURES
from tests.contract.hedge_fund_guy.talking import new_id, received, said, socket_url
from tests.server.limits.visits import Caller, figures_of, rows
from tests.service import Service

SESSIONS = "/api/sessions"


def opened(service: Service, caller: Caller, session_id: str, capability: str = "") -> ClientConnection:
    headers = {"X-Forwarded-For": caller.address} | ({"X-Session-Token": capability} if capability else {})
    return connect(socket_url(service, session_id), additional_headers=headers, compression=None, proxy=None)


def check_refused(service: Service, caller: Caller) -> None:
    """Another session cannot be begun, and nothing of the try is kept."""
    before = rows(service, "SELECT count(*) FROM sessions")
    with pytest.raises(InvalidStatus) as refused, opened(service, caller, new_id()):
        pass
    assert refused.value.response.status_code == 429
    assert rows(service, "SELECT count(*) FROM sessions") == before


def test_sessions_begun_by_name_count_as_new_ones(limited: Service) -> None:
    caller = Caller(limited)
    for _ in range(5):
        with opened(limited, caller, new_id()) as socket:
            received(socket)
        assert caller.http.post(SESSIONS).status_code == 200
    check_refused(limited, caller)


def test_a_session_that_is_there_is_no_new_one(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(sessions_per_address=FIGURES.sessions_per_address._replace(amount=1))):
        caller = Caller(limited)
        created = caller.http.post(SESSIONS)
        for _ in range(3):
            with opened(limited, caller, created.json()["session_id"], created.headers["X-Session-Token"]) as socket:
                assert received(socket)["type"] == "greeting"
        check_refused(limited, caller)


def test_a_socket_too_many_begins_nothing(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(sockets_of_one_address=1)):
        caller = Caller(limited)
        with opened(limited, caller, new_id()) as socket:
            received(socket)
            check_refused(limited, caller)


def test_messages_are_counted_as_over_every_road(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(messages_per_session=FIGURES.messages_per_session._replace(amount=2))):
        caller = Caller(limited)
        with opened(limited, caller, new_id()) as socket:
            received(socket)
            answers = [said(socket, "Hello") for _ in range(3)]
        assert [answer["type"] for answer in answers] == ["message", "message", "error"]
        assert answers[-1]["code"] == "too_many_requests"
        assert answers[-1]["retry_after"] >= 1
