"""How well the assistant reads, answers and phrases, tried on labelled cases: `esoteric evaluate`."""
