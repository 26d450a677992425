"""A letter with what it is verified by printed on it."""

from dataclasses import replace

from tools.letter import LetterContent
from tools.papers import LetterRecord
from tools.sealing import Sealer
from tools.signing.codes import verification_code


def verifiable(content: LetterContent, sealer: Sealer, verify_url: str) -> tuple[LetterContent, LetterRecord]:
    """The content with its code and the address of its check, and what is to be kept on record of it.

    The code is behind a `#`: what follows one is never sent to a server, so no log has it.
    """
    code = verification_code(sealer, content.digest)
    record = LetterRecord(code, content.digest, content.letter_number, content.issued_on, content.valid_until)
    return replace(content, verification_code=code, verify_url=f"{verify_url}#{code}"), record
