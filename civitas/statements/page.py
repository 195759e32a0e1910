"""A statement as one HTML page that loads nothing, in each language of `words.toml`.

The page is a function of the statement that it carries, so it is checked by writing it again.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape, unescape
from importlib.resources import files
from string import Template

from civitas.clock import Clock
from civitas.errors import CivitasError
from civitas.figures import Different
from civitas.report.money import Currency
from civitas.statements.statement import Payment, Proven, Statement, read

_EMBEDDED = re.compile(r'<pre id="statement" hidden>(.*?)</pre>', re.DOTALL)
_LANGUAGE = re.compile(r'<html lang="([a-z]{2})">')
_NUMBERS = ("gross", "national", "local", "net")
_COLUMNS = ("certificate", "paid_at", "deemed_paid_at", "token", *_NUMBERS)


@cache
def words() -> dict[str, dict[str, str]]:
    """Language -> key -> text."""
    text = files("civitas.statements").joinpath("words.toml").read_text("utf-8")
    return {language: dict(said) for language, said in tomllib.loads(text).items()}


def page(proven: Proven, language: str) -> str:
    """The statement as HTML; every text is escaped on its way in."""
    statement, say = proven.statement, words()[language]
    source = files("civitas.statements").joinpath("statement.html").read_text("utf-8")
    facts = {
        say["holder"]: statement.holder,
        say["year"]: str(statement.year),
        say["network"]: f"eip155:{statement.chain_id}",
        say["desk"]: statement.desk,
    }
    proof = {
        say["root"]: proven.root,
        say["path"]: " ".join(proven.path) or "-",
    }
    return Template(source).substitute(
        language=language,
        title=escape(Template(say["title"]).substitute(year=statement.year)),
        facts=_facts(facts),
        payments_title=escape(say["payments"]),
        payments=_table(
            [say[key] for key in _COLUMNS],
            [_cells(statement, each, say) for each in statement.payments],
            say["none"],
        ),
        totals_title=escape(say["totals"]),
        totals=_table(
            [say["currency"], *(say[key] for key in _NUMBERS)],
            [
                [each.asset, *(_money(statement, each.asset, getattr(each, k)) for k in _NUMBERS)]
                for each in statement.totals
            ],
            say["none"],
        ),
        holdings_title=escape(say["holdings"]),
        holdings=_table(
            [say["token"], say["opening"], say["closing"]],
            [[each.token, each.opening, each.closing] for each in statement.holdings],
            "-",
        ),
        proof_title=escape(say["proof"]),
        proof=_facts(proof),
        note=escape(say["note"]),
        check=escape(say["check"]),
        embedded=escape(proven.text()),
    )


def read_page(text: str) -> Proven:
    """The statement that a page carries, if it says just that. Raises Different, CivitasError."""
    embedded, language = _EMBEDDED.search(text), _LANGUAGE.search(text)
    if embedded is None or language is None or language[1] not in words():
        raise CivitasError("this is no page of a statement: it carries none")
    proven = read(unescape(embedded[1]))
    lines, wanted = text.split("\n"), page(proven, language[1]).split("\n")
    for number, (line, right) in enumerate(zip(lines, wanted, strict=False), 1):
        if line != right:
            raise Different(f"line {number} of the page is not as it was written")
    if len(lines) != len(wanted):
        raise Different(f"the page has {len(lines)} lines, it was written with {len(wanted)}")
    return proven


def _cells(statement: Statement, payment: Payment, say: dict[str, str]) -> list[str]:
    number, clock = payment.certificate, Clock(statement.utc_offset_minutes)
    return [
        say["uncertified"] if number is None else str(number),
        clock.day(payment.paid_at).isoformat(),
        clock.day(payment.deemed_paid_at).isoformat(),
        payment.token,
        *(_money(statement, payment.asset, getattr(payment, key)) for key in _NUMBERS),
    ]


def _money(statement: Statement, address: str, amount: str) -> str:
    for asset in statement.assets:
        if asset.address == address:
            return Currency(asset.symbol, asset.decimals).exact(int(amount))
    raise CivitasError(f"this is no statement: it does not say what {address} is")


def _facts(said: dict[str, str]) -> str:
    return "\n".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>"
        for label, text in said.items()
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> str:
    body = ["<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows]
    if not body:
        return f"<p>{escape(empty)}</p>"
    titles = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    return "\n".join(
        ['<div class="wide"><table>', f"<thead><tr>{titles}</tr></thead>", "<tbody>"]
        + [*body, "</tbody>", "</table></div>"]
    )
