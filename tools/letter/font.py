"""A font whose joined signs have the same numbers in every process, and can be copied out of the PDF as text."""

import re
from io import BytesIO
from typing import Any

from reportlab.pdfbase.ttfonts import TTFont

from tools.letter.joined_signs import glyph_texts

_PRIVATE_USE = 0xE000  # reportlab writes glyphs without a character as private characters
_PRIVATE = re.compile(r"(?<= )<(E[0-9A-F]{3})>")
_KA = ord("क")


class LetterFont(TTFont):  # type: ignore[misc]
    """A TrueType font by name and content."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(name, BytesIO(data), shapable=True)
        shaped = self.hbFont()
        face = self.face
        own = {glyph: chr(codes[0]) for glyph, codes in face.glyphToChar.items()}
        texts = glyph_texts(shaped, own) if _KA in face.charToGlyph else {}
        self._texts = {_PRIVATE_USE + glyph: text.encode("utf-16-be").hex().upper() for glyph, text in texts.items()}
        # Numbered by glyph, and now: reportlab would number them in the order in which a process meets them, and the
        # same letter would then differ with the letters printed before it.
        for glyph in range(shaped.face.glyph_count):
            if glyph not in own:
                code = _PRIVATE_USE + glyph
                face.charToGlyph[code] = glyph
                face.glyphToChar[glyph] = [code]
                face.charWidths[code] = shaped.get_glyph_h_advance(glyph)

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab calls it by this name
        """As reportlab does, with the characters behind joined signs in the table that text is copied by."""
        super().addObjects(doc)
        name = self.face.name.decode("ascii")
        for key, table in doc.idToObject.items():
            if key.startswith("toUnicodeCMap:") and key.endswith(name):
                table.content = _PRIVATE.sub(self._characters, table.content)

    def _characters(self, private: re.Match[str]) -> str:
        return f"<{self._texts.get(int(private[1], 16), private[1])}>"
