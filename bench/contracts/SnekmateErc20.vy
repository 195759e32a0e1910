# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title  SnekmateErc20
@license AGPL-3.0-only
@notice snekmate's ERC-20 with permit, as it is: every function the module has is exported.
"""
from snekmate.auth import ownable
initializes: ownable
from snekmate.tokens import erc20
initializes: erc20[ownable := ownable]

exports: erc20.__interface__


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("snekmate", "SNEK", 18, "snekmate", "1")
