from functools import reduce
from operator import xor

import pytest
from eth_utils import keccak

# The functions of each interface; its id is the xor of their selectors.
INTERFACES = {
    "ERC-165": ["supportsInterface(bytes4)"],
    "ERC-20": [
        "totalSupply()",
        "balanceOf(address)",
        "transfer(address,uint256)",
        "transferFrom(address,address,uint256)",
        "approve(address,uint256)",
        "allowance(address,address)",
    ],
    "ERC-20 metadata": ["name()", "symbol()", "decimals()"],
    "ERC-2612": [
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        "nonces(address)",
        "DOMAIN_SEPARATOR()",
    ],
    "ERC-5267": ["eip712Domain()"],
    "ERC-1404": [
        "detectTransferRestriction(address,address,uint256)",
        "messageForTransferRestriction(uint8)",
    ],
}


def interface_id(signatures):
    selectors = (int.from_bytes(keccak(text=each)[:4], "big") for each in signatures)
    return reduce(xor, selectors).to_bytes(4, "big")


@pytest.mark.parametrize("standard", INTERFACES)
def test_answers_yes_to_what_the_token_has(empty_token, standard):
    signatures = INTERFACES[standard]
    has = {each.selector for each in empty_token.contract_type.methods}

    assert empty_token.supportsInterface(interface_id(signatures))
    assert set(signatures) <= has


@pytest.mark.parametrize(
    "other",
    [
        "ffffffff",
        "00000000",
        "3edbb4c4",  # ERC-7943 fungible: no forcedTransfer here
        "b97d944c",  # ERC-3643: no recovery, no batches here
        "80ac58cd",  # ERC-721
        "01ffc9a6",  # one bit beside ERC-165
    ],
)
def test_answers_no_to_anything_else(empty_token, other):
    assert not empty_token.supportsInterface(bytes.fromhex(other))
