"""The guy's language by a model: it puts opinions into words and points at facts; code decides what of it counts."""
