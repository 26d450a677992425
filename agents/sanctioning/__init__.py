"""What the sanction agent's papers are made of, and whom they go to."""
