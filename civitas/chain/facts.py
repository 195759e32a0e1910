"""What is true of a city, or should be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must be true; `detail` says what was found.

    A warning asks for somebody's attention, but the city works.
    """

    link: str
    holds: bool
    detail: str
    is_warning: bool = False


def equal(link: str, found: object, expected: object) -> Fact:
    """The fact that two are the same."""
    return Fact(link, found == expected, f"{found}, expected {expected}")
