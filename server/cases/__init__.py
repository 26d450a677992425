"""What waits for a person, and what officers do with it."""
