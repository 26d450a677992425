"""Where a request comes from: the socket's other end, or what a proxy that we were told of says about it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_HOPS = 16
WIDEST = {4: 8, 6: 7}  # a wider network than the widest private ones is the internet
UNKNOWN = "unknown"


def proxies_from(names: Sequence[str]) -> tuple[Network, ...]:
    """Raises ValueError, which quotes nothing."""
    try:
        networks = tuple(ip_network(name.strip()) for name in names)
    except ValueError:
        raise ValueError("must be a list of addresses and networks") from None
    if any(network.prefixlen < WIDEST[network.version] for network in networks):
        raise ValueError("a network is too wide: name your proxies, anybody else could forge addresses")
    return networks


def is_loopback(host: str) -> bool:
    """Whether only this machine has the address, or it is the name `localhost`; of no other name."""
    try:
        return host == "localhost" or _plain(ip_address(host)).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Whether a server that listens there listens everywhere, so that it is no address to be reached at."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


class ClientAddresses:
    """The client's address of a connection. Headers count only when one of the `proxies` sent them."""

    def __init__(self, proxies: Sequence[Network] = ()) -> None:
        self._proxies = tuple(proxies)

    def of(self, scope: Scope) -> Address | None:
        """None when the server cannot tell either."""
        client = scope.get("client")
        address = _parse(client[0]) if client else None
        if address is None or not self._is_proxy(address):
            return address
        # Each hop wrote down who spoke to it, on the right of what it was told. From the right, the first that is no
        # proxy of ours is the client; what stands left of it anybody may have written.
        told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        for hop in reversed(told.decode("latin-1").rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
            found = _parse(hop)
            if found is None:
                break
            address = found
            if not self._is_proxy(found):
                break
        return address

    def group_of(self, scope: Scope) -> str:
        """Whom a limit by address is for: an IPv4 address, or the 64 bits that an IPv6 caller is handed as a whole."""
        address = self.of(scope)
        if isinstance(address, IPv6Address):
            return f"{int(address) >> 64:x}/64"
        return UNKNOWN if address is None else str(address)

    def is_local(self, scope: Scope) -> bool:
        """Whether somebody on this machine asks; not whom a proxy on it says to be elsewhere."""
        address = self.of(scope)
        told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        hops = [_parse(hop) for hop in told.decode("latin-1").split(",")] if told else []
        return all(found is not None and found.is_loopback for found in (address, *hops))

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _parse(text: str) -> Address | None:
    """An address, also with a port or in brackets; IPv4 in IPv6 clothes is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return _plain(address)


def _plain(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))  # without a zone
    return address
