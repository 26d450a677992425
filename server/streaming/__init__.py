"""Readers of what happens in a session: where they stand, what they missed, what other replicas say."""
