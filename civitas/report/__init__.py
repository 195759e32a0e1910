"""The figures of a year as a page for people."""
