"""What a holder was paid in a year and what was withheld, from the chain's events alone."""
