"""The Key Facts Statement: every figure a borrower is told before signing, computed from the repayment schedule.

Follows the Annex A format of the RBI Key Facts Statement circular of 15 April 2024 (RBI/2024-25/18), now part of
RBI/DOR/2025-26/362: part 1 (terms and charges), part 2 (clauses and contacts), the computation sheet of eleven
lines and the repayment schedule. Figures never come from text.
"""

from tools.digests import canonical_digest
from tools.kfs.figures import Charges, Figures, compute_figures, kfs_numbers
from tools.kfs.statement import KeyFacts, build_kfs, language_of_papers

__all__ = [
    "Charges",
    "Figures",
    "KeyFacts",
    "build_kfs",
    "canonical_digest",
    "compute_figures",
    "kfs_numbers",
    "language_of_papers",
]
