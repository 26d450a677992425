"""Who does what: one file per agent, and what the agents share."""
