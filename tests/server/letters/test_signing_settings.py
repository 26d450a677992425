"""Who signs letters: the settings, what is refused at the start, and what happens while nobody can."""

import dataclasses
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_der_private_key, pkcs12
from cryptography.x509 import load_der_x509_certificate

from server.letters.signing import known_fingerprints, signing_identity
from server.settings import SettingsError, load_settings
from tests.command import command_here
from tests.conversation import Conversation
from tests.server.access.callers import SECRET
from tools.letter.press import LetterPress, SignedOnly
from tools.signing.identity import DEVELOPMENT, SigningIdentity, passing_identity

PASSWORD = "KANARI-open-sesame"


@pytest.fixture
def identity() -> SigningIdentity:
    return passing_identity()


@pytest.fixture
def file(identity: SigningIdentity, tmp_path: Path) -> Path:
    """As a certificate authority would hand it out."""
    key, certificate = load_der_private_key(identity.key, None), load_der_x509_certificate(identity.certificate)
    path = tmp_path / "letters.p12"
    locked = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"letters", key, certificate, None, locked))  # type: ignore[arg-type]
    return path


def test_in_production_the_file_signs_or_nobody_does(tmp_path: Path, file: Path, identity: SigningIdentity) -> None:
    production = {"_env_file": None, "environment": "production", "secret_key": SECRET, "data_dir": tmp_path}
    assert signing_identity(load_settings(_env_file=None, data_dir=tmp_path)) is not None
    nobody = load_settings(**production)
    assert (signing_identity(nobody), known_fingerprints(nobody)) == (None, frozenset())
    settings = load_settings(**production, letter_signing_file=file, letter_signing_password=PASSWORD)
    assert signing_identity(settings) == identity
    assert known_fingerprints(settings) == {identity.fingerprint}
    assert "KANARI" not in repr(settings)


def test_to_know_certificates_makes_none(tmp_path: Path) -> None:
    assert known_fingerprints(load_settings(_env_file=None, data_dir=tmp_path)) == frozenset()
    assert not (tmp_path / DEVELOPMENT).exists()


def test_certificates_of_earlier_years_are_known_beside(tmp_path: Path) -> None:
    earlier = load_settings(_env_file=None, data_dir=tmp_path / "earlier")
    signer = signing_identity(earlier)
    assert signer is not None
    pem = earlier.data_dir / DEVELOPMENT
    settings = load_settings(_env_file=None, data_dir=tmp_path / "now", letter_trusted_certificates=pem)
    now = signing_identity(settings)
    assert now is not None and now != signer
    assert known_fingerprints(settings) == {signer.fingerprint, now.fingerprint}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("LETTER_SIGNING_FILE", "missing.p12"),
        ("LETTER_SIGNING_FILE", "letters.txt"),
        ("LETTER_SIGNING_FILE", "letters.p12"),
        ("LETTER_TRUSTED_CERTIFICATES", "missing.pem"),
        ("LETTER_TRUSTED_CERTIFICATES", "letters.txt"),
        ("PUBLIC_URL", "loans.example.com"),
        ("PUBLIC_URL", "https://loans.example.com/start"),
        ("PUBLIC_URL", "https://user:KANARI@loans.example.com"),
        ("PUBLIC_URL", "javascript:KANARI"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path, file: Path, setting: str, value: str) -> None:
    (tmp_path / "letters.txt").write_text("KANARI")
    done = command_here(tmp_path, "serve", LETTER_SIGNING_PASSWORD="KANARI", **{setting: value})
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{setting}: ") and done.stderr.count("\n") == 1
    assert "KANARI" not in done.stderr and "missing" not in done.stderr


def test_a_broken_development_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / DEVELOPMENT).parent.mkdir()
    (tmp_path / DEVELOPMENT).write_text("KANARI")
    with pytest.raises(SettingsError, match=r"^DATA_DIR: signing/development.pem is damaged"):
        signing_identity(load_settings(_env_file=None, data_dir=tmp_path))


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "::1", "port": 9000}, "http://[::1]:9000"),
        ({"host": "::"}, "http://127.0.0.1:8000"),
        ({"public_url": "https://Loans.example.com/"}, "https://loans.example.com"),
    ],
)
def test_the_address_that_is_printed(settings: dict[str, object], address: str) -> None:
    assert load_settings(_env_file=None, **settings).address() == address


async def test_while_nobody_can_sign_the_letter_waits() -> None:
    conversation = Conversation()
    able, press = conversation.services, LetterPress()
    conversation.services = dataclasses.replace(able, print_letter=SignedOnly(press))
    for words in (
        "2 lakh for travel over 24 months, I am Diya Nair",
        *("yes", "yes", "yes", "ZZZPN1102B, 02/09/1997, 9000000002", "OTP", "yes", "yes"),
    ):
        await conversation.say(words)
    assert "signature of the lender" in conversation.reply
    assert not conversation.application["sanction_letter_generated"]
    assert not [mail for mail in conversation.carrier.sent if mail.attachments]
    conversation.services = able
    await conversation.say("yes")
    assert conversation.application["status"] == "sanctioned"
    (mail,) = (mail for mail in conversation.carrier.sent if mail.attachments)
    assert b"/ETSI.CAdES.detached" in mail.attachments[0].data
    await press.close()
