"""How often a caller may ask, and how much this process takes on at once."""
