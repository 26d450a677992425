"""What the agents use: exact functions and adapters to the outside."""
