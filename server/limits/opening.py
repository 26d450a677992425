"""The limits as the settings want them."""

import contextlib
from collections.abc import Callable

from server.edge.descriptors import most_connections
from server.limits.address import ClientAddresses, proxies_from
from server.limits.figures import FIGURES
from server.limits.limits import Limits
from server.limits.shared import SharedWindows
from server.limits.windows import LocalWindows, Windows
from server.settings import Settings
from tools.derivation import derived


async def open_limits(
    settings: Settings, on_refused: Callable[[str], None], cleanup: contextlib.AsyncExitStack
) -> Limits:
    windows: Windows = LocalWindows()
    if settings.redis_url is not None:
        windows = shared = SharedWindows.of(settings.redis_url.get_secret_value(), LocalWindows())
        cleanup.push_async_callback(shared.close)
        await shared.greet()
    return Limits(
        windows,
        derived(settings.sealing_key(), "esoteric limits"),
        ClientAddresses(proxies_from(settings.trusted_proxies)),
        # Every socket is a connection; half of those are left to requests.
        figures=FIGURES._replace(sockets=min(FIGURES.sockets, most_connections() // 2)),
        enabled=settings.rate_limit_enabled,
        on_refused=on_refused,
    )
