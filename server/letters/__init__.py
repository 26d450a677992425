"""Letters, signed and checked."""
