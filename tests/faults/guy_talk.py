"""A talk with the hedge fund guy over REST that gives all three facts, and what must be true of it afterwards."""

import time

import httpx

from tests.driver import Json
from tests.faults.stage import Stage
from tests.simulation.hedge_fund_guy.campaign import mails_in
from tests.simulation.hedge_fund_guy.voices import folded, sentences

LEADS_EMAIL = "leads@desk.example.com"
BEFORE = ("evening", "my name is Priya Raman", "you can reach me at priya.night@example.org")
COMPLETING = "I make £38k per year"
AFTER = ("what is a value trap?", "thanks man", "why do bonds fall when yields rise?")
DATA = {"name": "Priya Raman", "email": "priya.night@example.org", "income": "GBP 38,000 a year"}
MAIL_SECONDS = 150.0  # a claim that its process died with runs out first


class GuyTalk:
    """One session with a service; `replies` are what the visitor was told."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)
        self.session_id = self.http.post("/api/sessions").raise_for_status().json()["session_id"]
        self.replies: list[str] = []
        self._sent = 0

    def __enter__(self) -> "GuyTalk":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def say(self, text: str) -> Json:
        """Send it, and again under the same id while there is no answer."""
        self._sent += 1
        body = {"message": text, "session_id": self.session_id, "message_id": f"m-{self._sent}"}
        deadline = time.monotonic() + 60
        while True:
            try:
                response = self.http.post("/api/chat", json=body)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code == 200:
                self.replies.append(response.json()["response"])
                return dict(response.json())
            assert time.monotonic() < deadline, f"{text!r} found no answer: {response and response.text}"
            time.sleep(0.05)

    def session(self) -> Json:
        return dict(self.http.get(f"/api/sessions/{self.session_id}").raise_for_status().json())

    def check(self) -> None:
        """Everything was noted, everything is on record once, nothing was said twice."""
        session = self.session()
        assert (session["data"], session["status"]) == (DATA, "complete")
        history = session["conversation_history"]
        assert [turn["content"] for turn in history if turn["role"] == "assistant"][
            -len(self.replies) :
        ] == self.replies
        assert sum(turn["role"] == "user" for turn in history) == self._sent
        said = [folded(sentence) for reply in self.replies for sentence in sentences(reply)]
        assert len(said) == len(set(said)), [one for one in said if said.count(one) > 1]


def check_one_mail(stage: Stage, talk: GuyTalk) -> None:
    """In the outbox's directory, with the right values; its effect and its row are there once."""
    deadline = time.monotonic() + MAIL_SECONDS
    while states(stage, talk) != ["sent"]:
        assert time.monotonic() < deadline, f"not delivered: {states(stage, talk)}"
        time.sleep(0.05)
    keys = stage.rows("SELECT key FROM effects WHERE session_id = ?", [talk.session_id])
    assert keys == [(f"lead:{talk.session_id}",)], keys
    check_mails(mails_in(stage.folder)[talk.session_id])


def check_mails(mails: list[tuple[str, str]]) -> None:
    assert len(mails) == 1, f"{len(mails)} mails"
    ((to, text),) = mails
    assert to == LEADS_EMAIL
    assert all(value in text for value in DATA.values()), text


def states(stage: Stage, talk: GuyTalk) -> list[str]:
    """Of the mails in the outbox."""
    return [str(row[0]) for row in stage.rows("SELECT state FROM outbox WHERE session_id = ?", [talk.session_id])]
