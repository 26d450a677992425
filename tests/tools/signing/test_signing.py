"""Signatures on letters: what is believed, and that no byte of a letter can change."""

import asyncio
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import CMSStructuralError, SigningError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from tests.samples import letter_content
from tools.letter.render import render_letter
from tools.sealing import Sealer
from tools.signing.checker import check_file
from tools.signing.codes import code_hash, verification_code
from tools.signing.envelope import EnvelopeSigner, without_signature
from tools.signing.examining import examine
from tools.signing.finding import MAX_BYTES, Finding
from tools.signing.identity import (
    DEVELOPMENT,
    BadCertificate,
    SigningIdentity,
    certificates_in,
    development_identity,
    fingerprint,
    identity_from_pkcs12,
    passing_identity,
)
from tools.signing.note import SignatureNote
from tools.signing.signer import sign
from tools.signing.verdict import KnownLetter, of_code, of_finding, of_known_file
from tools.signing.verifiable import verifiable

NOTE = SignatureNote("SL-2026-000001", date(2026, 12, 1), date(2026, 12, 16), "ABCD-EFGH-IJKL-MNOP")
UNREADABLE = (PdfError, SignatureValidationError, CMSStructuralError, ValueError, KeyError, TypeError, AttributeError)


@pytest.fixture(scope="module")
def identity() -> SigningIdentity:
    return passing_identity()


def small_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 720, "Sanction letter")
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="module")
def letter(identity: SigningIdentity) -> bytes:
    return sign(small_pdf(), identity, NOTE)


def found(data: bytes, identity: SigningIdentity) -> Finding:
    return asyncio.run(examine(data, {identity.fingerprint}))


def test_a_signed_letter(letter: bytes, identity: SigningIdentity) -> None:
    assert found(letter, identity) == Finding(None, NOTE)
    assert letter.startswith(small_pdf()), "the letter itself stays as it was printed"


def test_the_envelope_is_what_the_library_makes(identity: SigningIdentity, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second letter's envelope and one that pyHanko builds itself are the same but for the digest and signature."""

    class Library(EnvelopeSigner):
        async def async_sign(self, *digest: Any, **settings: Any) -> ContentInfo:
            return await signers.SimpleSigner.async_sign(self, *digest, **settings)

    def envelope() -> tuple[bytes, bytes, bytes]:
        signed = PdfFileReader(io.BytesIO(sign(small_pdf(), identity, NOTE))).embedded_signatures[0]
        (digest,) = (
            one["values"][0].native
            for one in signed.signer_info["signed_attrs"]
            if one["type"].native == "message_digest"
        )
        envelope = ContentInfo({"content_type": "signed_data", "content": signed.signed_data})
        attributes, signer, data = without_signature(envelope)
        return attributes.replace(digest, b""), signer.replace(digest, b""), data

    envelope()
    ours = envelope()
    monkeypatch.setattr("tools.signing.signer._signer", Library)
    assert envelope() == ours


def test_the_confined_program_says_the_same(letter: bytes, identity: SigningIdentity) -> None:
    assert check_file(letter, {identity.fingerprint}) == Finding(None, NOTE)
    assert check_file(letter, {"0" * 64}).problem == "foreign"
    assert check_file(small_pdf(), {identity.fingerprint}).problem == "unsigned"


def test_a_whole_letter(identity: SigningIdentity) -> None:
    content, record = verifiable(letter_content(), Sealer(b"k" * 32), "https://loans.example.com/verify")
    signed = sign(render_letter(content), identity, replace(NOTE, code=record.code))
    assert check_file(signed, {identity.fingerprint}).unaltered
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(signed)).pages)
    assert record.code in text
    assert content.verify_url == f"https://loans.example.com/verify#{record.code}"


def test_no_byte_can_change(letter: bytes, identity: SigningIdentity) -> None:
    """Some bytes of everywhere, and more of the signature's own, which no digest covers."""
    chosen, believed = random.Random(4), []
    start = letter.index(b"/Contents <")
    places = {*range(chosen.randrange(61), len(letter), 61), *range(start + chosen.randrange(19), start + 2200, 19)}
    for place in sorted(places):
        changed = bytearray(letter)
        changed[place] ^= chosen.choice((1, 0x20, chosen.randrange(1, 256)))
        try:
            if found(bytes(changed), identity).unaltered:
                believed.append(place)
        except (*UNREADABLE, ArithmeticError, LookupError):
            continue
    assert believed == []


def test_the_spelling_of_the_signature_is_fixed(letter: bytes, identity: SigningIdentity) -> None:
    """Bytes that every reader of PDF would take for the same signature."""
    start = letter.index(b"/Contents <") + len(b"/Contents <")
    for spelt in (
        letter[:start] + letter[start : start + 200].lower() + letter[start + 200 :],
        letter.replace(b"0>\n", b"1>\n", 1),
    ):
        assert spelt != letter and len(spelt) == len(letter)
        assert found(spelt, identity).problem == "altered"


@pytest.mark.parametrize("added", [b"\n", b"%", b"\0" * 20])
def test_nothing_can_stand_behind_it(letter: bytes, identity: SigningIdentity, added: bytes) -> None:
    finding = found(letter + added, identity)
    assert (finding.genuine, finding.unaltered, finding.problem) == (True, False, "added_to")


def test_another_end_of_file_behind_it(letter: bytes, identity: SigningIdentity) -> None:
    assert not check_file(letter + b"\n%%EOF\n", {identity.fingerprint}).unaltered


def test_an_update_is_seen(letter: bytes, identity: SigningIdentity) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(letter))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert found(out.getvalue(), identity).problem == "added_to"


def test_a_second_signature_does_not_help(letter: bytes, identity: SigningIdentity) -> None:
    theirs_first = sign_again(sign_again(small_pdf(), passing_identity(), "Theirs"), identity, "Ours")
    assert found(theirs_first, identity).problem == "foreign"
    ours_first = sign_again(sign_again(small_pdf(), identity, "Ours"), passing_identity(), "Theirs")
    assert found(ours_first, identity).problem == "added_to"
    with pytest.raises(SigningError):  # a letter tells programs that keep to the rules
        sign_again(letter, passing_identity(), "Theirs")


def sign_again(data: bytes, identity: SigningIdentity, field: str) -> bytes:
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(identity.certificate),
        signing_key=PrivateKeyInfo.load(identity.key),
        cert_registry=SimpleCertificateStore(),
    )
    pades = fields.SigSeedSubFilter.PADES
    about = signers.PdfSignatureMetadata(field_name=field, reason=str(NOTE), subfilter=pades, md_algorithm="sha256")
    out: bytes = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), about, signer=signer).getvalue()
    return out


def test_the_signature_of_another_letter(identity: SigningIdentity) -> None:
    """Same length, same place, another letter: its signature moved over."""
    one, other = (sign(small_pdf(), identity, replace(NOTE, letter_number=f"SL-{n}")) for n in (1, 2))
    start, end = one.index(b"/Contents <"), one.index(b">", one.index(b"/Contents <"))
    assert other.index(b"/Contents <") == start
    assert found(other[:start] + one[start:end] + other[end:], identity).problem == "altered"


def test_the_same_names_are_not_the_same_signer(tmp_path: Path) -> None:
    ours, theirs = (development_identity(tmp_path / side, "Esoteric Finance Limited") for side in "ab")
    assert found(sign(small_pdf(), theirs, NOTE), ours).problem == "foreign"


def test_what_the_lender_signed_otherwise_is_no_letter(letter: bytes, identity: SigningIdentity) -> None:
    class Invoice:
        def __str__(self) -> str:
            return "Invoice 17"

    assert found(sign(small_pdf(), identity, Invoice()), identity).problem == "no_letter"  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"", b"hello", b"\n%PDF-1.4"])
def test_what_is_no_pdf_is_not_opened(data: bytes) -> None:
    assert check_file(data, set(), wall_seconds=0).problem == "not_a_pdf"


def test_what_is_too_large_is_not_opened() -> None:
    assert check_file(b"%PDF-" + bytes(MAX_BYTES), set(), wall_seconds=0).problem == "too_large"


def test_a_check_that_takes_too_long_is_ended(letter: bytes, identity: SigningIdentity) -> None:
    assert check_file(letter, {identity.fingerprint}, wall_seconds=0.01).problem == "unreadable"


def test_codes() -> None:
    sealer = Sealer(b"k" * 32)
    code = verification_code(sealer, "a" * 64)
    assert code == verification_code(sealer, "a" * 64)
    assert len({code, verification_code(sealer, "b" * 64), verification_code(Sealer(b"l" * 32), "a" * 64)}) == 3
    assert len(code) == 19 and code_hash(code) is not None
    assert code_hash(code) == code_hash(f" {code.lower().replace('-', ' ')} ")
    assert code_hash("0118-AAAA-AAAA-AAAA") == code_hash("OIIB-AAAA-AAAA-AAAA")
    assert {code_hash(""), code_hash("A" * 15), code_hash("A" * 17), code_hash("é" * 16)} == {None}


@pytest.mark.parametrize("text", ["", "Sanction letter", str(NOTE) + " ", str(NOTE).replace("12-16", "13-16"), None])
def test_notes_that_are_none(text: object) -> None:
    assert SignatureNote.read(text) is None
    assert SignatureNote.read(str(NOTE)) == NOTE


def known(**change: object) -> KnownLetter:
    made = KnownLetter("SL-1", date(2026, 12, 1), date(2026, 12, 16), "d", withdrawn=False, erased=False)
    return replace(made, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "day", "standing"),
    [
        ({}, 16, "current"),
        ({}, 17, "expired"),
        ({"erased": True}, 16, "erased"),
        ({"erased": True}, 17, "expired"),
        ({"withdrawn": True, "erased": True}, 17, "withdrawn"),
    ],
)
def test_how_a_letter_stands(change: dict[str, object], day: int, standing: str) -> None:
    today = date(2026, 12, day)
    assert of_known_file(known(**change), today).standing == of_code(known(**change), today).standing == standing
    assert of_known_file(known(**change), today).holds == (standing == "current")


def test_a_letter_signed_twice_is_the_one_on_record() -> None:
    """Genuine by its signature, but other bytes than those that were kept under its code."""
    verdict = of_finding(Finding(None, NOTE), date(2026, 12, 1), known(), on_record=True)
    assert (verdict.genuine, verdict.unaltered, verdict.holds) == (True, False, False)
    missing = of_finding(Finding(None, NOTE), date(2026, 12, 1), None, on_record=True)
    assert (missing.standing, missing.holds) == ("not_on_record", False)


def test_the_development_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = development_identity(tmp_path, "Lender")
    assert development_identity(tmp_path, "Another") == first
    assert (tmp_path / DEVELOPMENT).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / DEVELOPMENT).parent.iterdir()] == [DEVELOPMENT.name]
    assert first.key.hex() not in repr(first) and repr(first.key) not in repr(first)
    assert {fingerprint(one) for one in certificates_in((tmp_path / DEVELOPMENT).read_bytes())} == {first.fingerprint}


def authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, certificate(key.public_key(), key, "Root", "Root")


def certificate(
    key: object, signer: ec.EllipticCurvePrivateKey, name: str, issuer: str, *, days: int = 30, signs: bool = True
) -> x509.Certificate:
    now = datetime.now(UTC)
    use = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    ) | {"encipher_only": False, "decipher_only": False, "digital_signature": signs, "content_commitment": signs}
    use["key_cert_sign"] = name != "Lender"
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=40))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=name != "Lender", path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**use), critical=True)
        .sign(signer, SHA256())
    )


def test_a_certificate_of_an_authority_with_those_above_it() -> None:
    root_key, root = authority()
    middle_key = ec.generate_private_key(ec.SECP256R1())
    middle = certificate(middle_key.public_key(), root_key, "Middle", "Root")
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate(key.public_key(), middle_key, "Lender", "Middle")
    locked = BestAvailableEncryption(b"open sesame")
    data = pkcs12.serialize_key_and_certificates(b"letters", key, own, [middle, root], locked)
    identity = identity_from_pkcs12(data, "open sesame")
    assert len(identity.chain) == 2
    letter = sign(small_pdf(), identity, NOTE)
    assert found(letter, identity) == Finding(None, NOTE)
    assert check_file(letter, {identity.fingerprint}).unaltered
    assert check_file(letter, {fingerprint(identity.chain[0])}).problem == "foreign", "an authority signs no letters"
    with pytest.raises(BadCertificate, match="password"):
        identity_from_pkcs12(data, "open")


def refused(key: object, made: x509.Certificate | None) -> str:
    data = pkcs12.serialize_key_and_certificates(b"x", key, made, None, NoEncryption())  # type: ignore[arg-type]
    with pytest.raises(BadCertificate) as caught:
        identity_from_pkcs12(data, None)
    return str(caught.value)


def test_files_that_cannot_sign() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    by_rsa = rsa.generate_private_key(65537, 2048)
    assert "P-256" in refused(other, certificate(other.public_key(), key, "Lender", "Root"))
    assert "P-256" in refused(by_rsa, certificate(by_rsa.public_key(), key, "Lender", "Root"))
    assert "not valid today" in refused(key, certificate(key.public_key(), key, "Lender", "Root", days=-1))
    assert "not for signing" in refused(key, certificate(key.public_key(), key, "Lender", "Root", signs=False))
    assert "no certificate" in refused(key, None)
    with pytest.raises(BadCertificate):
        identity_from_pkcs12(b"hello", None)
    with pytest.raises(BadCertificate):
        certificates_in(b"hello")
