"""What underwriting rests on and says: facts, outcomes, reasons, suppositions, salary slips, refusals."""
