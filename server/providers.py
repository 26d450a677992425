"""Which providers the service asks: those with an address over HTTP, all others simulated."""

import contextlib

from server.settings import Settings
from tools.providers.http_bureau import HttpBureau
from tools.providers.http_client import HttpProvider, open_connections
from tools.providers.http_register import HttpRegister
from tools.providers.http_screening import HttpScreening
from tools.providers.protocols import Providers
from tools.providers.simulated import SimulatedProviders, customers_from, packaged_customers


def open_providers(settings: Settings, cleanup: contextlib.AsyncExitStack) -> Providers:
    """Each with a circuit breaker of its own. Raises CustomersFileError."""
    customers = customers_from(settings.customers_file) if settings.customers_file else packaged_customers()
    providers = SimulatedProviders.of(customers).providers()
    if not (settings.register_url or settings.bureau_url or settings.screening_url):
        return providers
    connections = open_connections(settings.providers_token)
    cleanup.push_async_callback(connections.aclose)
    if url := settings.register_url:
        providers = providers._replace(register=HttpRegister(HttpProvider("register", url, connections)))
    if url := settings.bureau_url:
        providers = providers._replace(bureau=HttpBureau(HttpProvider("bureau", url, connections)))
    if url := settings.screening_url:
        providers = providers._replace(screening=HttpScreening(HttpProvider("screening", url, connections)))
    return providers
