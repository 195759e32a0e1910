"""The chain's events as balanced double-entry books. Pure: takes records, returns records."""
