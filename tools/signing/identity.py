"""The key that letters are signed with, and its certificate: a file of the lender's, or one made for development."""

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

DEVELOPMENT = Path("signing") / "development.pem"
_YEARS = timedelta(days=3650)


class BadCertificate(Exception):
    """Cannot sign letters; the message says why and quotes nothing of the file."""


class NoSigner(Exception):
    """There is nobody to sign a letter, so none is printed."""


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """A P-256 key (PKCS #8) with its certificate and those above it (DER); handed to the press process as it is."""

    key: bytes = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...] = ()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 (hex) of a certificate in DER: how those that may sign letters are told from all others."""
    return sha256(certificate).hexdigest()


def identity_from_pkcs12(data: bytes, password: str | None) -> SigningIdentity:
    """Of a `.p12` or `.pfx` file as certificate authorities hand them out. Raises BadCertificate."""
    try:
        held = pkcs12.load_pkcs12(data, password.encode() if password is not None else None)
    except ValueError:
        raise BadCertificate("is no PKCS #12 file, or its password is another one") from None
    if held.cert is None:
        raise BadCertificate("holds no certificate for its key")
    above = tuple(one.certificate.public_bytes(Encoding.DER) for one in held.additional_certs)
    return _identity(held.key, held.cert.certificate, above)


def development_identity(data_dir: Path, lender: str) -> SigningIdentity:
    """The one under the data directory, made at the first start. Its certificate vouches for nobody but itself."""
    path = data_dir / DEVELOPMENT
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _place(path, _make(lender))
    return _from_pem(path.read_bytes())


def passing_identity() -> SigningIdentity:
    """One that is kept nowhere and vouches for nothing."""
    return _from_pem(_make("Nobody"))


def certificates_in(data: bytes) -> tuple[bytes, ...]:
    """The certificates (DER) of a PEM file. Raises BadCertificate."""
    try:
        return tuple(found.public_bytes(Encoding.DER) for found in x509.load_pem_x509_certificates(data))
    except ValueError:
        raise BadCertificate("holds no certificate in PEM") from None


def _from_pem(data: bytes) -> SigningIdentity:
    try:
        key = load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError:
        raise BadCertificate("is damaged; without it a new one is made") from None
    return _identity(key, certificate, ())


def _identity(key: object, certificate: x509.Certificate, chain: tuple[bytes, ...]) -> SigningIdentity:
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise BadCertificate("holds no P-256 key")
    if certificate.public_key() != key.public_key():
        raise BadCertificate("holds a certificate for another key")
    if not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        raise BadCertificate("holds a certificate that is not valid today")
    with contextlib.suppress(x509.ExtensionNotFound):
        use = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not (use.digital_signature or use.content_commitment):
            raise BadCertificate("holds a certificate that is not for signing")
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SigningIdentity(secret, certificate.public_bytes(Encoding.DER), chain)


def _make(lender: str) -> bytes:
    """A new key and a certificate that it signs itself, as one PEM text."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, lender[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, "Sanction letters (development)"),
        ]
    )
    signing = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a clock that is put back must not stop the next start
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signing, critical=True)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)


def _place(path: Path, content: bytes) -> None:
    """Whole or not at all; of two processes that start at once, the first one's stays."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
