"""The subcommands of `esoteric`."""
