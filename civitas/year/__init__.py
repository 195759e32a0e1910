"""A city year, act by act, and its figures from the state and from the events."""
