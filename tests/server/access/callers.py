"""Secrets and callers for the tests of access."""

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PREVIOUS = "9a8b7c6d5e4f30213243546576879809"
