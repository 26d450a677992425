"""The process: its start, whether it is ready, its end."""
