"""What a caller is charged with, road by road."""

import contextlib
import hashlib
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator

from starlette.requests import HTTPConnection
from starlette.types import Scope

from server.limits.address import ClientAddresses
from server.limits.capacity import Capacity, OnRefused
from server.limits.figures import FIGURES, Figures, Limit
from server.limits.refusals import TooMany
from server.limits.windows import Charge, Clock, MovingWindow, Recent, Refused, Windows

REMEMBERED_SECONDS = 600  # so long a message sent again counts as a repeat


class Pace:
    """How fast one socket sends."""

    def __init__(self, limit: Limit, clock: Clock, on_refused: OnRefused, *, enabled: bool) -> None:
        self._limit = limit
        self._frames = MovingWindow(limit, clock)
        self._on_refused = on_refused
        self._enabled = enabled

    def check(self) -> None:
        """Count a frame. Raises TooMany."""
        if not self._enabled:
            return
        if wait := self._frames.wait(b""):
            self._on_refused(self._limit.name)
            raise TooMany(Refused(self._limit, wait))
        self._frames.hit(b"")


class Limits:
    """Counts and refuses: every method raises TooMany. Session ids, names and addresses are kept as keyed hashes.

    `enabled=False` lifts what is counted by caller; what the process takes on at once stays bounded.
    """

    def __init__(
        self,
        windows: Windows,
        key: bytes,
        addresses: ClientAddresses,
        *,
        figures: Figures = FIGURES,
        enabled: bool = True,
        on_refused: OnRefused = lambda name: None,  # noqa: ARG005
        clock: Clock = time.monotonic,
    ) -> None:
        self.addresses = addresses
        self.capacity = Capacity(figures, on_refused)
        self._windows = windows
        self._key = key
        self._figures = figures
        self._enabled = enabled
        self._on_refused = on_refused
        self._clock = clock
        self._let_through = Recent(REMEMBERED_SECONDS, clock)
        self._owners = Recent(REMEMBERED_SECONDS, clock)

    @property
    def degraded(self) -> bool:
        """Whether this process counts alone where it should not."""
        return self._windows.degraded

    async def message(self, session_id: str, message_id: str | None = None) -> None:
        """A message of a customer; one sent again under the id it was let through with counts as a repeat."""
        if not self._enabled:
            return
        session = self._sealed("session", session_id)
        if message_id is None:
            await self._charge(Charge(self._figures.messages_per_session, session))
            return
        known = self._sealed("message", f"{session_id}\0{message_id}")
        if known in self._let_through:
            await self._charge(Charge(self._figures.repeats_per_session, session))
            return
        await self._charge(Charge(self._figures.messages_per_session, session))
        self._let_through.note(known)

    async def of_the_owner(self, session_id: str, who: Hashable, look: Callable[[], Awaitable[None]]) -> None:
        """Let `look` raise for a stranger, once in a while: nobody else may use up what a session has."""
        if self._enabled and (session_id, who) not in self._owners:
            await look()
            self._owners.note((session_id, who))

    async def new_session(self, connection: HTTPConnection) -> None:
        if self._enabled:
            await self._charge(Charge(self._figures.sessions_per_address, self._from(connection)))

    async def upload(self, session_id: str, connection: HTTPConnection) -> None:
        if self._enabled:
            await self._charge(
                Charge(self._figures.uploads_per_session, self._sealed("session", session_id)),
                Charge(self._figures.uploads_per_address, self._from(connection)),
            )

    async def thumb(self, session_id: str) -> None:
        """A thumb on an answer."""
        if self._enabled:
            await self._charge(Charge(self._figures.thumbs_per_session, self._sealed("session", session_id)))

    async def question(self, caller: str | None, connection: HTTPConnection) -> None:
        """A question to the knowledge base; `caller` names one who is known, else the address counts."""
        if self._enabled:
            key = self._from(connection) if caller is None else self._sealed("caller", caller)
            await self._charge(Charge(self._figures.questions_per_caller, key))

    async def letter_check(self, connection: HTTPConnection) -> None:
        """A letter to be checked, by its file or its code."""
        if self._enabled:
            await self._charge(Charge(self._figures.letter_checks_per_address, self._from(connection)))

    @contextlib.contextmanager
    def request(self, scope: Scope, *, uploading: bool) -> Iterator[None]:
        """A request's place. Raises Busy, TooManyAtOnce."""
        address = self._address(scope)
        with self.capacity.requests.one(address):
            if not uploading:
                yield
                return
            with self.capacity.uploads.one(address):
                yield

    @contextlib.contextmanager
    def socket(self, connection: HTTPConnection) -> Iterator[Pace]:
        """A socket's place, and its pace. Raises Busy, TooManyAtOnce."""
        with self.capacity.sockets.one(self._address(connection.scope)):
            yield Pace(self._figures.frames_per_socket, self._clock, self._on_refused, enabled=self._enabled)

    async def sign_in(self, name: str, address: str) -> bool:
        """A try to sign in; True when the name has had so many that this one should be slowed. Counted even when
        nothing else is."""
        tried = self._sealed("officer and address", f"{name}\0{address}")
        always = (
            Charge(self._figures.sign_ins_per_address, self._sealed("address", address)),
            Charge(self._figures.sign_ins_per_name_and_address, tried),
        )
        of_the_name = Charge(self._figures.sign_ins_per_name, self._sealed("officer", name))
        if await self._windows.charge(*always, of_the_name) is None:
            return False
        await self._charge(*always, Charge(self._figures.sign_ins_beyond, tried))
        return True

    async def sign_in_elsewhere(self, address: str) -> None:
        """A return from the identity provider, which names nobody yet. Counted even when nothing else is."""
        await self._charge(Charge(self._figures.sign_ins_per_address, self._sealed("address", address)))

    async def forgive(self, name: str, address: str) -> None:
        """This name has signed in from there: its tries from there no longer count. Those of the name alone do: they
        may be somebody else's."""
        tried = self._sealed("officer and address", f"{name}\0{address}")
        await self._windows.forget(self._figures.sign_ins_per_name_and_address, tried)
        await self._windows.forget(self._figures.sign_ins_beyond, tried)

    async def forgive_address(self, address: str) -> None:
        """Somebody whom the identity provider vouches for came from there: its tries so far no longer count."""
        await self._windows.forget(self._figures.sign_ins_per_address, self._sealed("address", address))

    async def _charge(self, *charges: Charge) -> None:
        if refused := await self._windows.charge(*charges):
            self._on_refused(refused.limit.name)
            raise TooMany(refused)

    def _address(self, scope: Scope) -> str | None:
        """None where callers are not told apart."""
        return self.addresses.group_of(scope) if self._enabled else None

    def _from(self, connection: HTTPConnection) -> bytes:
        return self._sealed("address", self.addresses.group_of(connection.scope))

    def _sealed(self, kind: str, value: str) -> bytes:
        content = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, key=self._key, digest_size=16).digest()
