"""What the deployment of a city amounts to."""

STEPS = 51  # transactions, on a local network: without a timelock
RECORDS = 28
