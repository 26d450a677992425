"""Several `esoteric serve` on one Postgres and, if wanted, one Redis, behind the balancer.

A replica has a data directory of its own, as a container has; they share the secret and the key that letters are
signed with, as they must.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import NoEncryption, load_der_private_key, pkcs12
from cryptography.x509 import load_der_x509_certificate

from tests.faults.balancer import Balancer
from tests.faults.processes import Replica
from tests.faults.stage import Stage
from tools.signing.identity import passing_identity

SECRET = "one secret for all the replicas of this test"


@dataclass
class Replicas:
    """The replicas and, before them, the address that customers know."""

    all: list[Replica]
    balancer: Balancer

    def mails(self) -> list[Path]:
        """The files of all simulated carriers."""
        return [path for replica in self.all for path in (replica.folder / "outbox").glob("*.eml")]


@contextlib.asynccontextmanager
async def several_replicas(
    stage: Stage, customers: list[dict[str, Any]], *, redis_url: str | None, count: int = 3, **environment: str
) -> AsyncIterator[Replicas]:
    """`customers` as in the customers file."""
    listed = stage.home / "customers.json"
    listed.write_text(json.dumps({"customers": customers}), encoding="utf-8")
    shared = {
        "SECRET_KEY": SECRET,
        "LETTER_SIGNING_FILE": str(signing_file(stage.home)),
        "AUTH_REQUIRED": "true",
        "TRUSTED_PROXIES": "127.0.0.1",
        "CUSTOMERS_FILE": str(listed),
        "LOG_LEVEL": "WARNING",
        **({"REDIS_URL": redis_url} if redis_url else {}),
        **environment,
    }
    folders = [stage.new_folder(f"replica-{number}") for number in range(1, count + 1)]
    replicas = [stage.replica(folder=folder, start=False, **shared) for folder in folders]
    await asyncio.gather(*(asyncio.to_thread(replica.start) for replica in replicas))
    async with Balancer([replica.port for replica in replicas]) as balancer:
        yield Replicas(replicas, balancer)


def signing_file(folder: Path) -> Path:
    """What LETTER_SIGNING_FILE names: a key and a certificate that vouches for nothing."""
    identity = passing_identity()
    key, certificate = load_der_private_key(identity.key, None), load_der_x509_certificate(identity.certificate)
    path = folder / "letters.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"letters", key, certificate, None, NoEncryption()))  # type: ignore[arg-type]
    return path
