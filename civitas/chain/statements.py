"""Statements of a city's holders, from the events of its chain."""

from ape import chain, project
from eth_utils.address import to_checksum_address

from civitas.chain.city import City, contract_at
from civitas.chain.events import read_events, sources_of
from civitas.statements.statement import Asset, Frame, Statement, statements


def statements_of(city: City, year: int) -> list[Statement]:
    """Every holder's statement of a year."""
    sources = sources_of(city)
    payment_token = {
        str(to_checksum_address(token)): str(
            contract_at(project.SecurityToken, token).paymentToken()
        )
        for token in sources.of_kind("SecurityToken")
    }
    frame = Frame(
        chain_id=chain.provider.chain_id,
        desk=str(city.income_desk.address),
        year=year,
        clock=city.clock,
        assets={address: _asset(address) for address in {*payment_token.values()}},
        asset_of=payment_token,
    )
    return statements(read_events(sources), frame)


def _asset(address: str) -> Asset:
    token = contract_at(project.MockPaymentToken, address)
    return Asset(address=address, symbol=str(token.symbol()), decimals=int(token.decimals()))


def posted_root(city: City, year: int) -> str | None:
    """The root that the auditor posted for a year; None where none was."""
    root = bytes(city.income_desk.root_of(year))
    return "0x" + root.hex() if any(root) else None
