"""A retirement certificate as one HTML page that loads nothing, and the page read back.

The page is a function of what the chain says, so it is checked by writing it again: whatever was
changed on it, in the text or between, is a difference.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from string import Template

from eth_utils.crypto import keccak

from civitas.carbon.units import BatchId, day_of, tonnes_text, utc_text
from civitas.errors import CivitasError
from civitas.figures import Different

# Of CarbonCredit: what the host country says of a batch.
ADJUSTMENTS = ("not authorised", "authorised", "first transfer made", "adjusted", "revoked")
_ID, _BLOCK = "certificate", "as-of"


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a batch that a certificate speaks for."""

    batch: BatchId
    amount: int  # {1e-8 tCO2e}
    deficit: int  # {1e-8 tCO2e} of it lost since, and not made good
    kind: str
    asset_id: int
    methodology: str
    country: int
    vintage: int
    start: int  # {s}
    end: int
    first_serial: int
    last_serial: int
    evidence_hash: bytes
    adjustment: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the chain says of a certificate; `as_of` is the block and its time {s}."""

    chain_id: int
    contract: str
    certificate_id: int
    payer: str
    beneficiary: str
    owner: str  # differs after a recovery
    purpose: int
    purpose_label: str
    period: tuple[int, int] | None  # day numbers
    retired_at: int  # {s}
    transaction: str
    details_hash: bytes
    lines: tuple[Line, ...]
    home: str  # what the contract calls its page, or ""
    picture: str  # SVG drawn by the contract, or ""
    as_of: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value on the page under a label; `key` finds it again."""

    key: str
    label: str
    text: str


def network(certificate: Certificate) -> str:
    """The chain's name by CAIP-2."""
    return f"eip155:{certificate.chain_id}"


def _head(certificate: Certificate) -> Iterator[Fact]:
    lost = sum(line.deficit for line in certificate.lines)
    yield Fact(_ID, "Certificate", str(certificate.certificate_id))
    yield Fact(
        "amount",
        "Amount",
        f"{tonnes_text(sum(line.amount for line in certificate.lines))} t CO₂e",
    )
    yield Fact(
        "state",
        "State",
        f"{tonnes_text(lost)} t were lost since and are not made good" if lost else "in force",
    )
    yield Fact("purpose", "Purpose", f"{certificate.purpose}, {certificate.purpose_label}")
    yield Fact("period", "For the period", _days(certificate.period))
    yield Fact("beneficiary", "Beneficiary", certificate.beneficiary)
    if certificate.owner != certificate.beneficiary:
        yield Fact("owner", "Held now by", certificate.owner)
    yield Fact("payer", "Credits given up by", certificate.payer)
    yield Fact("retired-at", "Retired at", utc_text(certificate.retired_at))


def _foot(certificate: Certificate) -> Iterator[Fact]:
    block, moment = certificate.as_of
    details = certificate.details_hash
    yield Fact("network", "Network", network(certificate))
    yield Fact("contract", "Contract", certificate.contract)
    yield Fact("transaction", "Transaction", certificate.transaction)
    yield Fact("details", "Details hash", f"0x{details.hex()}" if any(details) else "no details")
    yield Fact(_BLOCK, "State read at block", f"{block}, {utc_text(moment)}")


_OF_A_LINE = (
    ("batch", "Batch"),
    ("amount", "Tonnes"),
    ("lost", "Lost"),
    ("kind", "Kind"),
    ("asset", "Asset"),
    ("methodology", "Methodology"),
    ("country", "Country"),
    ("vintage", "Vintage"),
    ("serials", "Serials of the batch"),
    ("adjustment", "Host country"),
    ("monitored", "Monitored"),
    ("evidence", "Evidence hash"),
)
_LABELS = tuple(label for _, label in _OF_A_LINE)


def _cells(number: int, line: Line) -> Iterator[Fact]:
    texts = (
        str(line.batch),
        tonnes_text(line.amount),
        tonnes_text(line.deficit),
        line.kind,
        str(line.asset_id) if line.asset_id else "another registry",
        line.methodology,
        str(line.country),
        str(line.vintage),
        f"{line.first_serial} to {line.last_serial}",
        ADJUSTMENTS[line.adjustment],
        f"{utc_text(line.start)} to {utc_text(line.end)}",
        f"0x{line.evidence_hash.hex()}",
    )
    for (key, label), text in zip(_OF_A_LINE, texts, strict=True):
        yield Fact(f"line-{number}-{key}", f"line {number}, {label.lower()}", text)


def _days(period: tuple[int, int] | None) -> str:
    if period is None:
        return "not stated"
    return f"{day_of(period[0])} to {day_of(period[1])}"


def facts(certificate: Certificate) -> list[Fact]:
    """Everything that the page says, in its order."""
    lines = (_cells(number, line) for number, line in enumerate(certificate.lines, 1))
    return [
        *_head(certificate),
        *(cell for line in lines for cell in line),
        *_foot(certificate),
    ]


def digest(certificate: Certificate) -> bytes:
    """keccak256 of everything that the page says."""
    said = [[fact.key, fact.text] for fact in facts(certificate)]
    return keccak(json.dumps(said, separators=(",", ":")).encode())


def link(certificate: Certificate) -> str:
    """Where a page or an app may look the certificate up; the fragment never leaves the browser."""
    home = certificate.home
    if not home.startswith(("https://", "http://")):
        home = ""
    return (
        f"{home}#network={network(certificate)}&contract={certificate.contract}"
        f"&id={certificate.certificate_id}&digest=0x{digest(certificate).hex()}"
    )


def page(certificate: Certificate) -> str:
    """The certificate as HTML; every text is escaped on its way in."""
    source = files("civitas.carbon").joinpath("certificate.html").read_text("utf-8")
    lost = any(line.deficit for line in certificate.lines)
    return Template(source).substitute(
        title=escape(f"Retirement certificate {certificate.certificate_id}"),
        state="bad" if lost else "good",
        picture=_picture(certificate),
        head=_list(_head(certificate)),
        lines="\n".join(
            '<dl class="line">\n'
            + "\n".join(map(_shown, _cells(number, line), _LABELS))
            + "\n</dl>"
            for number, line in enumerate(certificate.lines, 1)
        ),
        foot=_list(_foot(certificate)),
        link=escape(link(certificate)),
    )


def _picture(certificate: Certificate) -> str:
    if not certificate.picture:
        return "<p>The contract draws no picture of this certificate.</p>"
    # As an image: whatever the contract wrote, nothing in it can run.
    data = base64.b64encode(certificate.picture.encode()).decode()
    return (
        f'<img alt="The certificate as the contract draws it" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def _list(shown: Iterator[Fact]) -> str:
    return "\n".join(_shown(fact, fact.label) for fact in shown)


def _shown(fact: Fact, label: str) -> str:
    kind = ' class="long"' if fact.key.endswith(("monitored", "evidence")) else ""
    return (
        f'<div{kind}><dt>{escape(label)}</dt><dd data-fact="{escape(fact.key)}">'
        f"{escape(fact.text)}</dd></div>"
    )


class _Reader(HTMLParser):
    """Collects the text of every element with a `data-fact`."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, str] = {}
        self._open: tuple[str, str] | None = None  # tag, key

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if key := dict(attrs).get("data-fact"):
            self._open = tag, key
            self.facts.setdefault(key, "")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.facts[self._open[1]] += data

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[0] == tag:
            self._open = None


def _read(text: str) -> dict[str, str]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.facts


def named_on(text: str) -> tuple[int, int]:
    """The certificate that a page is of, and the block at which its state was read.

    Raises CivitasError for a text that is no such page.
    """
    said = _read(text)
    number, block = said.get(_ID, ""), said.get(_BLOCK, "").partition(",")[0]
    if not all(each.isascii() and each.isdigit() for each in (number, block)):
        raise CivitasError("this is no page of a retirement certificate: it names no certificate")
    return int(number), int(block)


def require_same(text: str, certificate: Certificate) -> None:
    """Whether a page says what the chain says, to the last byte. Raises Different."""
    expected = page(certificate)
    if text == expected:
        return
    said = _read(text)
    for fact in facts(certificate):
        if said.get(fact.key) != fact.text:
            raise Different(
                f"{fact.label}: the page says {said.get(fact.key, 'nothing')}, "
                f"the chain says {fact.text}"
            )
    lines, wanted = text.split("\n"), expected.split("\n")
    for number, (line, right) in enumerate(zip(lines, wanted, strict=False), 1):
        if line != right:
            raise Different(f"{_part(right)}: line {number} of the page is not as it was written")
    raise Different(f"the page has {len(lines)} lines, it was written with {len(wanted)}")


def _part(line: str) -> str:
    if "<img" in line:
        return "picture"
    return "link" if "#network=" in line else "page"
