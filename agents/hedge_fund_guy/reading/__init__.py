"""Reading what somebody says to the hedge fund guy: what they want, and name, mail address and income."""
