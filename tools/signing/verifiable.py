"""A letter with what it is verified by printed on it."""

from dataclasses import replace

from tools.letter import LetterContent, content_digest
from tools.papers import LetterRecord
from tools.sealing import Sealer
from tools.signing.codes import verification_code


def verifiable(content: LetterContent, sealer: Sealer, verify_url: str) -> tuple[LetterContent, LetterRecord]:
    """The content with its code and the address of its check, and what is to be kept on record of it.

    The code is behind a `#`: what follows one is never sent to a server, so no log has it.
    """
    digest = content_digest(content)
    code = verification_code(sealer, digest)
    record = LetterRecord(code, digest, content.letter_number, content.issued_on, content.valid_until)
    return replace(content, verification_code=code, verify_url=f"{verify_url}#{code}"), record
