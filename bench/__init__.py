"""Gas of our contracts beside the gas of their peers, on one chain in one run."""
