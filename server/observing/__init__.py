"""What the service tells of its work: log events, metrics and spans. None of it knows a customer."""
