"""`esoteric purge`: the retention rules, now. The service may run meanwhile, and does the same once a day by itself."""

import asyncio
from typing import Annotated

import typer

from kb.retention import read_retention
from server.commands.line import fail, settings_or_fail
from server.erasing import Erasure
from server.lifecycle.starting import StartRefused, refuse_wrong_secret
from server.retention import Counts, Retention
from server.settings import Settings
from server.store.acts import ActsWriter
from server.store.database import StorageUnavailable
from server.store.expired import Expired
from server.store.opening import open_checkpoints
from server.store.outbox import Outbox
from server.store.sessions import Sessions
from server.store.vault import Vault
from server.store.visiting import visiting
from tools.clock import Clock
from tools.mail import OutboxCarrier


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Apply the retention rules: erase what has served its purpose. Prints how many went, by rule."""
    try:
        counts = asyncio.run(_purge(settings_or_fail(), dry_run=dry_run))
    except StorageUnavailable as away:
        fail(f"the database cannot be reached ({away})")
    except StartRefused as refused:
        fail(str(refused))
    for rule, count in counts.items():
        print(f"{rule}\t{count}")


async def _purge(settings: Settings, *, dry_run: bool) -> Counts:
    secrets, rules = settings.secrets(), read_retention()
    async with visiting(settings.database_url, settings.data_dir, Vault(secrets)) as database:
        await refuse_wrong_secret(database)
        acts = ActsWriter(database, secrets)
        sessions = Sessions(database, acts)
        checkpoints = await open_checkpoints(database)
        try:
            files = OutboxCarrier(settings.data_dir / "outbox", sender=settings.mail_from)
            # A session that rests for a month has no stream any more.
            erasure = Erasure(sessions, (checkpoints.delete, Outbox(database).forget, files.forget))

            async def erase(session_id: str, unless_since: str) -> None:
                await erasure.erase(session_id, unless_since=unless_since)

            retention = Retention(rules, Expired(database, rules), erase, acts, Clock(settings.policy_as_of))
            if dry_run:
                return await retention.due()
            await erasure.finish()
            return await retention.apply()
        finally:
            await checkpoints.close()
