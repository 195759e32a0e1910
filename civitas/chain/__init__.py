"""The only part of the package that talks to a node."""
