# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title  SnekmateErc1155
@license AGPL-3.0-only
@notice snekmate's ERC-1155 with supply and burning, as it is: every function the module has is exported.
"""
from snekmate.auth import ownable
initializes: ownable
from snekmate.tokens import erc1155
initializes: erc1155[ownable := ownable]

exports: erc1155.__interface__


@deploy
def __init__():
    ownable.__init__()
    erc1155.__init__("")
