# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title  SnekmateErc721
@license AGPL-3.0-only
@notice snekmate's ERC-721, enumerable and with stored URIs, as it is: every function the module
        has is exported.
"""
from snekmate.auth import ownable
initializes: ownable
from snekmate.tokens import erc721
initializes: erc721[ownable := ownable]

exports: erc721.__interface__


@deploy
def __init__():
    ownable.__init__()
    erc721.__init__("snekmate", "SNEK", "", "snekmate", "1")
