"""Amounts, tenures and percentages as people in India write them: English, Roman Hindi, Devanagari."""

from tools.numbers.quantities import find_quantities
from tools.numbers.quantity import Kind, Quantity
from tools.numbers.spelling import fold
from tools.numbers.tokens import Token, tokenise

__all__ = ["Kind", "Quantity", "Token", "find_quantities", "fold", "tokenise"]
