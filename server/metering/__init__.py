"""What a language model may cost, and the record of what left."""
