"""Labels in English, in Hindi, or in both beside each other, as public bodies print them: "Net Pay / शुद्ध वेतन"."""

_LEFT, _RIGHT = r"(?<![\u0900-\u097F])", r"(?![\u0900-\u097F])"
_BETWEEN = r"\s*[/|(–-]\s*"


def hindi(words: str) -> str:
    """A pattern for words in Devanagari: `\\b` takes their vowel signs for ends of words."""
    return rf"{_LEFT}(?:{words}){_RIGHT}"


def either(english: str, devanagari: str) -> str:
    """A pattern for a label in one language, with the other's behind it or not."""
    other = hindi(devanagari)
    return rf"(?:(?:{english})(?:{_BETWEEN}{other}\s*\)?)?|{other}(?:{_BETWEEN}(?:{english})\s*\)?)?)"
