"""A turn from its acceptance to its end."""
