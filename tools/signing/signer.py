"""Puts the lender's signature on a letter: PAdES, baseline B-B, ECDSA on P-256 with SHA-256. Asks nothing of a network.

For the press process and the tests: pyHanko is a third of a second to import.
"""

from functools import lru_cache
from io import BytesIO
from typing import cast

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from tools.signing.envelope import EnvelopeSigner
from tools.signing.identity import SigningIdentity
from tools.signing.note import SignatureNote

FIELD = "Sanction"
_ROOM = 4096  # hexadecimal digits for a signature with a certificate of usual size


def sign(pdf: bytes, identity: SigningIdentity, note: SignatureNote) -> bytes:
    """The PDF with its signature behind it, in which `note` stands. Blocks; no event loop may run in this thread."""
    signer = _signer(identity)
    certificate = cast(Certificate, signer.signing_cert)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=str(note),
        name=certificate.subject.native.get("organization_name") or certificate.subject.human_friendly,
        # To readers of PDF: whatever is added or filled in later breaks the letter.
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    room = _ROOM + 2 * sum(len(one) for one in (identity.certificate, *identity.chain))
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signed: bytes = signers.sign_pdf(writer, about, signer=signer, bytes_reserved=room).getvalue()
    return signed


@lru_cache(maxsize=4)
def _signer(identity: SigningIdentity) -> EnvelopeSigner:
    return EnvelopeSigner(identity)
