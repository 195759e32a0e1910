"""Whether a year's figures agree: the state with the events, and the rent with its parts."""

from typing import Any

# Where rent comes to rest; deposits are no part of it.
PARTS = ("paid_to_holders", "claimable", "treasury", "held_by_splitters")
KEYS = ("rent_paid", *PARTS, "held_for_tenants")


def differences(figures: dict[str, Any]) -> list[str]:
    """What does not agree in a summary; empty when the books balance."""
    state, events = figures["from_state"], figures["from_events"]
    wrong = [
        f"{key}: {state[key]} by state, {events[key]} by events"
        for key in KEYS
        if state[key] != events[key]
    ]
    for name, side in (("state", state), ("events", events)):
        parts = sum(side[key] for key in PARTS)
        if side["rent_paid"] != parts:
            wrong.append(f"rent_paid by {name} is {side['rent_paid']}, its parts sum to {parts}")
    carbon = figures["carbon"]
    if carbon["issued"] != carbon["retired"] + carbon["tradable"]:
        wrong.append(f"carbon: {carbon}")
    return wrong
