"""What talking to Redis may raise besides its client's own errors, when the line breaks or nonsense comes back."""

# The system; uvloop, for writing to a connection that was reset; the client's parser, for bytes that are no answer.
BROKEN_TALK = (OSError, RuntimeError, ValueError, TypeError, LookupError, AttributeError)
