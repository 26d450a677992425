"""The envelope (CMS) of a signature, of which only the digest and the signature differ from letter to letter.

pyHanko builds it anew and encodes it several times over, which is most of the time that signing takes. So it builds one
for each identity, and the others are set from that one.
"""

from typing import Any, cast

from asn1crypto.cms import ContentInfo
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.parser import emit
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tools.signing.identity import SigningIdentity

_PLACE = bytes(range(0x60, 0x80))  # stands where the digest will
_UNIVERSAL, _CONTEXT = 0, 2
_PRIMITIVE, _CONSTRUCTED = 0, 1
_OCTETS, _SEQUENCE, _SET = 4, 16, 17


class EnvelopeSigner(signers.SimpleSigner):
    """Signs digests of SHA-256 by PAdES' rules, without a timestamp."""

    def __init__(self, identity: SigningIdentity) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([Certificate.load(one) for one in identity.chain])
        super().__init__(
            signing_cert=Certificate.load(identity.certificate),
            signing_key=PrivateKeyInfo.load(identity.key),
            cert_registry=store,
        )
        self._key = cast(EllipticCurvePrivateKey, load_der_private_key(identity.key, None))
        self._first: tuple[bytes, bytes, bytes] | None = None

    async def async_sign(self, data_digest: bytes, *rest: Any, **settings: Any) -> ContentInfo:
        if self._first is None:
            self._first = without_signature(await super().async_sign(_PLACE, *rest, **settings))
        attributes, signer, data = (part.replace(_PLACE, data_digest) for part in self._first)
        signature = self._key.sign(attributes, ECDSA(SHA256()))
        signer_info = _sequence(signer + emit(_UNIVERSAL, _PRIMITIVE, _OCTETS, signature))
        signed_data = _sequence(data + emit(_UNIVERSAL, _CONSTRUCTED, _SET, signer_info))
        kind = ContentInfo({"content_type": "signed_data"})["content_type"].dump()
        return ContentInfo.load(_sequence(kind + emit(_CONTEXT, _CONSTRUCTED, 0, signed_data)))


def without_signature(envelope: ContentInfo) -> tuple[bytes, bytes, bytes]:
    """What is signed; what of the signer's part and of the whole stands before the signature, which comes last."""
    data = envelope["content"]
    (signer,) = data["signer_infos"]
    attributes = signer["signed_attrs"]
    before = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm")
    above = ("version", "digest_algorithms", "encap_content_info", "certificates")
    return (
        attributes.untag().dump(),
        b"".join(signer[name].dump() for name in before),
        b"".join(data[name].dump() for name in above),
    )


def _sequence(content: bytes) -> bytes:
    encoded: bytes = emit(_UNIVERSAL, _CONSTRUCTED, _SEQUENCE, content)
    return encoded
