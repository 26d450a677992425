"""Who runs when: state, gates, routes and wiring. No I/O and no prompts."""
