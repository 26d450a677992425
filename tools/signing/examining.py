"""Examines the signature of a file that anybody may have made. For the confined program alone.

A letter is believed when one of the lender's own certificates signed it, pinned by fingerprint: no authority, no
revocation service and no name decides. pyHanko checks structure, digest and signature; what a signature does not cover
by nature (the signature's own bytes) must be written in the one way in which they are written here.
"""

from collections.abc import Collection, Sequence
from io import BytesIO

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from tools.signing.finding import Finding
from tools.signing.identity import fingerprint
from tools.signing.note import SignatureNote

SUBFILTER = "/ETSI.CAdES.detached"


async def examine(data: bytes, fingerprints: Collection[str]) -> Finding:
    """What the file shows. Raises whatever pyHanko raises at a file that it cannot read."""
    signatures: list[EmbeddedPdfSignature] = PdfFileReader(BytesIO(data)).embedded_signatures
    if not signatures:
        return Finding("unsigned")
    first = signatures[0]
    certificate = first.signer_cert
    if certificate is None or fingerprint(certificate.dump()) not in fingerprints:
        return Finding("foreign")
    made = first.self_reported_timestamp
    if made is None or str(first.sig_object.get("/SubFilter")) != SUBFILTER:
        return Finding("altered")
    # The certificate counts as on the day of the signature: a letter outlives it.
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=made)
    status = await async_validate_pdf_signature(first, signer_validation_context=context)
    if not (status.intact and status.valid and status.trusted) or not _is_canonical(data, first):
        return Finding("altered")
    note = SignatureNote.read(str(first.sig_object.get("/Reason", "")))
    if note is None:
        return Finding("no_letter")
    if len(signatures) > 1 or status.coverage != SignatureCoverageLevel.ENTIRE_FILE or _end(first) != len(data):
        return Finding("added_to", note)
    return Finding(None, note)


def _end(signature: EmbeddedPdfSignature) -> int:
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def _is_canonical(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the gap in the signed bytes holds the signature's own digits and nothing else, spelt in the one way.

    pyHanko compares lengths alone, takes digits in either case and anything behind the signature.
    """
    ranges = [int(part) for part in signature.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or ranges[2] <= ranges[1]:
        return False
    gap, room = data[ranges[1] : ranges[2]], len(signature.pkcs7_content)
    written = _rebuilt(signature)
    return written is not None and gap == b"<" + written.ljust(room, b"\0").hex().upper().encode() + b">"


def _rebuilt(signature: EmbeddedPdfSignature) -> bytes | None:
    """The signature written anew from its signed attributes, its certificates and its value; None if it has more."""
    signed, signer, certificate = signature.signed_data, signature.signer_info, signature.signer_cert
    held = [choice.chosen for choice in signed["certificates"]]
    if len(signed["signer_infos"]) != 1 or not _is_chain(certificate.dump(), [one.dump() for one in held]):
        return None
    sha256 = {"algorithm": "sha256"}
    serial = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    anew = {
        "version": "v1",
        "digest_algorithms": [sha256],
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices("certificate", value=one) for one in held],
        "signer_infos": [
            {
                "version": "v1",
                "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(serial)),
                "digest_algorithm": sha256,
                "signed_attrs": signer["signed_attrs"],
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": signer["signature"].native,
            }
        ],
    }
    content = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(anew)})
    written: bytes = content.dump()
    return written


def _is_chain(leaf: bytes, held: Sequence[bytes]) -> bool:
    """Whether the certificates are the signer's and those above it, each vouched for by the next."""
    rest = [x509.load_der_x509_certificate(one) for one in held if one != leaf]
    if len(rest) + 1 != len(held):
        return False
    below = x509.load_der_x509_certificate(leaf)
    while rest:
        above = next((one for one in rest if _issued(below, one)), None)
        if above is None:
            return False
        rest.remove(above)
        below = above
    return below.subject != below.issuer or _issued(below, below)


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
