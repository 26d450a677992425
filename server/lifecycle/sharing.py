"""What replicas on one database must be given alike, for what one makes for itself the others do not know."""

import logging

from server.settings import Settings

log = logging.getLogger("esoteric.sharing")


def made_for_itself(settings: Settings) -> list[str]:
    """The settings that other processes on the same database would have to share and cannot, none with SQLite."""
    if settings.database_url is None:
        return []
    own = ["SECRET_KEY"] if settings.secret_key is None else []
    # In production nothing is signed without the file.
    if settings.letter_signing_file is None and settings.environment == "development":
        own.append("LETTER_SIGNING_FILE")
    return own


def tell_what_is_not_shared(settings: Settings) -> None:
    """One line in the log for each, which tells somebody who runs one process nothing to worry about."""
    for name in made_for_itself(settings):
        log.warning("replica.stands_alone", extra={"reason": f"{name} is not set; several replicas need the same"})
