"""What one reader of a session's events has read, over many connections; every rule it breaks is noted."""

from dataclasses import dataclass, field
from math import inf
from typing import Any

Frame = dict[str, Any]


@dataclass
class Reading:
    """The frames of one reader in the order they came. `wrong` says where they were not one unbroken stream."""

    name: str
    last_id: int = 0
    frames: list[Frame] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    asked_again_above: float = inf

    def asks_again(self) -> None:
        """A message without an answer is sent again: its answer may be told again, by the very same frames."""
        self.asked_again_above = max((one["event_id"] for one in self.frames if one["type"] == "end"), default=0)

    def add(self, frame: Frame) -> None:
        """Ids grow by one; only a second attempt at a turn, which says so by `reset`, leaves some out."""
        number = frame["event_id"]
        if number > self.asked_again_above and frame in self.frames:
            return
        if frame["type"] == "error" and number <= self.last_id:
            return  # about a message that was not accepted: no event of the session
        if number <= self.last_id:
            self.wrong.append(f"{self.name}: {frame['type']} {number} after {self.last_id}")
            return
        if self.frames and number != self.last_id + 1 and frame["type"] != "reset":
            self.wrong.append(f"{self.name}: {frame['type']} {number} after {self.last_id}, some are missing")
        self.last_id = number
        self.frames.append(frame)

    def answer_to(self, message_id: str) -> Frame | None:
        return next((one for one in self.frames if one["type"] == "end" and one["message_id"] == message_id), None)

    def ends(self) -> list[str]:
        """The message of every turn that was seen to end."""
        return [frame["message_id"] for frame in self.frames if frame["type"] == "end"]


def differences(reading: Reading, whole: Reading) -> list[str]:
    """Where a reader saw another event under an id than the whole stream has, or one that it has not.

    An attempt that broke is seen by who watched it and told to nobody later.
    """
    told = {frame["event_id"]: frame for frame in whole.frames}
    lasting = [frame for frame in reading.frames if frame["event_id"] in told]
    wrong = [f"{reading.name}: {one['event_id']} differs" for one in lasting if one != told[one["event_id"]]]
    seen = {frame["event_id"] for frame in reading.frames}
    if reading.frames:
        first, last = reading.frames[0]["event_id"], reading.last_id
        wrong += [
            f"{reading.name}: {number} was missed" for number in told if first < number < last and number not in seen
        ]
    return wrong
