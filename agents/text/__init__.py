"""Customer-visible text, one file per language."""
