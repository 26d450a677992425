"""What a person's review of a case rests on."""
