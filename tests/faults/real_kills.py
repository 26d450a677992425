"""SIGKILL of the real process, in every turn of a conversation, a random moment after the message was sent."""

import random
import threading
import time

from tests.faults.clients import Talker
from tests.faults.stage import Ground, Stage, provider_settings

MOST_MILLISECONDS = 30.0


def killed_in_every_turn(stage: Stage, draw: random.Random, most: float = MOST_MILLISECONDS) -> int:
    """One whole conversation; how often the process was killed. Raises AssertionError for what does not hold."""
    server = stage.providers()
    token = {"PROVIDERS_TOKEN": provider_settings(server.url)["PROVIDERS_TOKEN"]}
    replica = stage.replica(BUREAU_URL=server.url, **token)
    kills = 0
    with Talker([replica.base_url]) as talker:
        while (words := talker.next_words()) is not None:
            sent = talker.history.add(f"m-{len(talker.history.sent)}", words)
            asking = threading.Thread(target=talker.once, args=(sent,))
            asking.start()
            time.sleep(draw.random() * most / 1000)
            replica.kill()
            asking.join()
            kills += 1
            stage.expire_leases()
            replica.start()
            if draw.random() < 0.5:  # the others wait for the turn that was accepted, and only then ask
                until_over(stage, sent.message_id)
            talker.ask(sent)
        talker.check(stage, server.pulls)
    return kills


def until_over(stage: Stage, message_id: str) -> None:
    deadline = time.monotonic() + 30
    while stage.rows("SELECT status FROM turns WHERE message_id = ?", (message_id,)) == [("accepted",)]:
        assert time.monotonic() < deadline, f"{message_id} stays accepted"
        time.sleep(0.02)


def real_kills(ground: Ground, backend: str, number: int, *, seed: int = 2026) -> tuple[int, list[str]]:
    """At least `number` kills; how many there were and what did not hold."""
    draw, kills, broken = random.Random(seed), 0, []
    while kills < number:
        try:
            with Stage(ground, backend) as stage:
                kills += killed_in_every_turn(stage, draw)
        except AssertionError as error:
            broken.append(" ".join(str(error).split())[:400])
            if len(broken) > 10:
                break
    return kills, broken
