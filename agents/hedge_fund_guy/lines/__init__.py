"""What the guy says in his own voice: pools of lines, one TOML file a kind of moment."""
