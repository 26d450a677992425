"""Which providers the service asks: those with an address over HTTP, all others simulated."""

import contextlib

import httpx

from server.settings import Settings
from tools.providers.http_bureau import HttpBureau
from tools.providers.http_client import HttpProvider, open_connections
from tools.providers.http_register import HttpRegister
from tools.providers.http_screening import HttpScreening
from tools.providers.protocols import Providers
from tools.providers.simulated import SimulatedProviders, customers_from, packaged_customers


def open_providers(settings: Settings, cleanup: contextlib.AsyncExitStack) -> Providers:
    """Each with connections and a circuit breaker of its own, so that a slow one holds up no other.

    Raises CustomersFileError.
    """
    customers = customers_from(settings.customers_file) if settings.customers_file else packaged_customers()
    providers = SimulatedProviders.of(customers).providers()
    if not (settings.register_url or settings.bureau_url or settings.screening_url):
        return providers
    tls = httpx.create_ssl_context()

    def over_http(name: str, url: str) -> HttpProvider:
        connections = open_connections(settings.providers_token, tls)
        cleanup.push_async_callback(connections.aclose)
        return HttpProvider(name, url, connections)

    if url := settings.register_url:
        providers = providers._replace(register=HttpRegister(over_http("register", url)))
    if url := settings.bureau_url:
        providers = providers._replace(bureau=HttpBureau(over_http("bureau", url)))
    if url := settings.screening_url:
        providers = providers._replace(screening=HttpScreening(over_http("screening", url)))
    return providers
