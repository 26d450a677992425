"""What the service keeps: one schema on SQLite and Postgres, each method one transaction."""
