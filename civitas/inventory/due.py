"""What of the register falls due: appraisals that grow stale, proofs that lapse or are missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from civitas.inventory.register import Deed, Register
from civitas.profiles import Proof

DAY = 86_400  # {s}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to renew."""

    asset_id: int
    what: str  # "appraisal", or the kind of proof
    until: int | None  # {s} last second in which it is good; None where there is none
    is_over: bool
    appraiser: str | None = None


def due(register: Register, now: int, days: int) -> list[Due]:
    """What is over at `now` {s} or will be `days` later, by asset; what is missing comes first.

    A deed with units needs every required proof and an appraisal. Of any other deed only what was
    once filed falls due: most of what a city owns is never offered.
    """
    found = []
    for asset_id in sorted(register.deeds):
        deed = register.deeds[asset_id]
        ends = sorted(_ends(register, deed), key=lambda each: (each[1] or 0, each[0]))
        for what, until, appraiser in ends:
            if until is None or until < now + days * DAY:
                found.append(Due(asset_id, what, until, until is None or until < now, appraiser))
    return found


def _ends(register: Register, deed: Deed) -> Iterator[tuple[str, int | None, str | None]]:
    for filing in deed.filings:
        until = min(filing.valid_until, filing.valued_at + register.max_age)
        yield "appraisal", until, filing.appraiser
    if deed.units and not deed.filings:
        yield "appraisal", None, None
    for proof in Proof:
        until = deed.proofs[proof.kind]
        if until:
            yield proof.lower(), until, None
        elif deed.units and register.required >> proof.kind & 1:
            yield proof.lower(), None, None
