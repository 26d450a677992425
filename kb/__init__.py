"""What the service knows: clauses, policy data and search."""
