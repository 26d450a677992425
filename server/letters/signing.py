"""Which certificate signs letters, and which ones a letter may be signed by, as the settings want it."""

from pathlib import Path

from kb.lender import load_lender
from server.settings import Settings, SettingsError
from tools.signing.identity import (
    DEVELOPMENT,
    BadCertificate,
    SigningIdentity,
    certificates_in,
    development_identity,
    fingerprint,
    identity_from_pkcs12,
)


def signing_identity(settings: Settings) -> SigningIdentity | None:
    """Whoever signs. In development one is made under `DATA_DIR`; production without a file of its own signs nothing.

    Raises SettingsError.
    """
    if settings.letter_signing_file is None:
        return None if settings.environment == "production" else _development(settings)
    password = settings.letter_signing_password
    try:
        return identity_from_pkcs12(
            _read(settings.letter_signing_file, "LETTER_SIGNING_FILE"),
            password.get_secret_value() if password is not None else None,
        )
    except BadCertificate as bad:
        raise SettingsError(f"LETTER_SIGNING_FILE: {bad}") from None


def known_fingerprints(settings: Settings) -> frozenset[str]:
    """Of every certificate that a letter of this lender may carry: the signing one and those that signed earlier.

    Makes none. Raises SettingsError.
    """
    known: set[str] = set()
    may_sign = settings.letter_signing_file is not None or (settings.data_dir / DEVELOPMENT).exists()
    if may_sign and (identity := signing_identity(settings)) is not None:
        known.add(identity.fingerprint)
    if settings.letter_trusted_certificates is not None:
        data = _read(settings.letter_trusted_certificates, "LETTER_TRUSTED_CERTIFICATES")
        try:
            known.update(fingerprint(one) for one in certificates_in(data))
        except BadCertificate as bad:
            raise SettingsError(f"LETTER_TRUSTED_CERTIFICATES: {bad}") from None
    return frozenset(known)


def _development(settings: Settings) -> SigningIdentity:
    try:
        return development_identity(settings.data_dir, load_lender().name)
    except BadCertificate as bad:
        raise SettingsError(f"DATA_DIR: {DEVELOPMENT} {bad}") from None
    except OSError:
        raise SettingsError(f"DATA_DIR: {DEVELOPMENT} cannot be read or made") from None


def _read(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise SettingsError(f"{setting}: cannot be read") from None
