"""Every limit's figure."""

from typing import NamedTuple

MINUTE, QUARTER, HOUR = 60, 15 * 60, 60 * 60


class Limit(NamedTuple):
    """At most `amount` in any `seconds` on end. The name is the metrics' label."""

    name: str
    amount: int
    seconds: int

    @property
    def halved(self) -> int:
        """What one process still lets through while it cannot ask the others."""
        return max(1, self.amount // 2)


class Figures(NamedTuple):
    """The guide's figures where it has some. A caller's address is an IPv4 address or an IPv6 network of 64 bits."""

    messages_per_session: Limit = Limit("messages_per_session", 60, MINUTE)
    # The same message again, under the id that it was accepted with.
    repeats_per_session: Limit = Limit("repeats_per_session", 60, MINUTE)
    sessions_per_address: Limit = Limit("sessions_per_address", 10, MINUTE)
    thumbs_per_session: Limit = Limit("thumbs_per_session", 60, MINUTE)
    frames_per_socket: Limit = Limit("frames_per_socket", 100, MINUTE)
    uploads_per_session: Limit = Limit("uploads_per_session", 5, HOUR)
    uploads_per_address: Limit = Limit("uploads_per_address", 20, HOUR)
    questions_per_caller: Limit = Limit("questions_per_caller", 60, MINUTE)
    letter_checks_per_address: Limit = Limit("letter_checks_per_address", 20, MINUTE)
    # Counted by name alone, wrong passwords from elsewhere would lock an officer out. So beyond `sign_ins_per_name` the
    # name is not closed: its tries are slowed, and each address has one more.
    sign_ins_per_name_and_address: Limit = Limit("sign_ins_per_name_and_address", 5, QUARTER)
    sign_ins_per_name: Limit = Limit("sign_ins_per_name", 50, QUARTER)
    sign_ins_beyond: Limit = Limit("sign_ins_beyond", 1, QUARTER)
    sign_ins_per_address: Limit = Limit("sign_ins_per_address", 20, QUARTER)

    sockets_of_one_address: int = 20
    uploads_of_one_address: int = 3
    # Of one process, which ends about 250 turns a second: a turn accepted last is begun within some two seconds.
    turns: int = 500
    sockets: int = 2000  # idle, 45 KB each; fewer where the system grants few descriptors: server/limits/opening.py
    uploads: int = 20
    # Above what the turns and a crowd of slow senders hold, below what memory holds: a body is up to 64 KB.
    requests: int = 2000
    requests_of_one_address: int = 1100  # so that nobody alone can take them all; an office may share an address
    # Of one turn. Its model time leaves it within the fifteen seconds of the contract; tokens are input and output.
    model_calls_of_a_turn: int = 6
    model_seconds_of_a_turn: float = 12.0
    model_tokens_of_a_turn: int = 8_000
    busy_seconds: int = 2  # after which a caller who was sent away may ask again


FIGURES = Figures()
