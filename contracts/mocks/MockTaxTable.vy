# pragma version 0.4.3
"""
@title  MockTaxTable
@license AGPL-3.0-only
@notice A tax table that answers what a test wants, refuses, or burns all its gas.
"""

from ..interfaces import ITaxTable

implements: ITaxTable

taxes: public(ITaxTable.Taxes)
refuses: public(bool)
burns_gas: public(bool)


@external
def behave(national: uint256, local: uint256, refuses: bool, burns_gas: bool):
    self.taxes = ITaxTable.Taxes(national=national, local=local, rule_number=7)
    self.refuses = refuses
    self.burns_gas = burns_gas


@external
@view
def withholding_for(
    identity: address,
    holder_class: uint256,
    country: uint256,
    date: uint256,
    gross: uint256,
    decimals: uint256,
) -> ITaxTable.Taxes:
    assert not self.refuses, "mock: no table today"
    if self.burns_gas:
        word: bytes32 = empty(bytes32)
        for _: uint256 in range(10**9):
            word = keccak256(word)
    return self.taxes
