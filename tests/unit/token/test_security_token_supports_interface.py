from functools import reduce
from operator import xor

import pytest
from eth_utils import keccak

AUTHORIZED = "address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32"

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
    "ERC-3009": [
        f"transferWithAuthorization({AUTHORIZED})",
        f"receiveWithAuthorization({AUTHORIZED})",
        "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)",
        "authorizationState(address,bytes32)",
    ],
    "ERC-1643": [
        "getDocument(bytes32)",
        "setDocument(bytes32,string,bytes32)",
        "removeDocument(bytes32)",
        "getAllDocuments()",
    ],
    "ERC-173": ["owner()", "transferOwnership(address)"],
    "ERC-3643": [
        "onchainID()",
        "version()",
        "identityRegistry()",
        "compliance()",
        "paused()",
        "isFrozen(address)",
        "getFrozenTokens(address)",
        "setName(string)",
        "setSymbol(string)",
        "setOnchainID(address)",
        "setIdentityRegistry(address)",
        "setCompliance(address)",
        "pause()",
        "unpause()",
        "setAddressFrozen(address,bool)",
        "freezePartialTokens(address,uint256)",
        "unfreezePartialTokens(address,uint256)",
        "forcedTransfer(address,address,uint256)",
        "mint(address,uint256)",
        "burn(address,uint256)",
        "recoveryAddress(address,address,address)",
        "batchTransfer(address[],uint256[])",
        "batchForcedTransfer(address[],address[],uint256[])",
        "batchMint(address[],uint256[])",
        "batchBurn(address[],uint256[])",
        "batchSetAddressFrozen(address[],bool[])",
        "batchFreezePartialTokens(address[],uint256[])",
        "batchUnfreezePartialTokens(address[],uint256[])",
    ],
    "ERC-3643 agents": ["addAgent(address)", "removeAgent(address)", "isAgent(address)"],
    "ERC-7943 fungible": [
        "forcedTransfer(address,address,uint256)",
        "setFrozenTokens(address,uint256)",
        "canSend(address)",
        "canReceive(address)",
        "getFrozenTokens(address)",
        "canTransfer(address,address,uint256)",
    ],
    "ERC-1404": [
        "detectTransferRestriction(address,address,uint256)",
        "messageForTransferRestriction(uint8)",
    ],
}


def interface_id(signatures):
    selectors = (int.from_bytes(keccak(text=each)[:4], "big") for each in signatures)
    return reduce(xor, selectors).to_bytes(4, "big")


# As the reference of the standards' texts gives them.
IDS = {
    "ERC-165": "01ffc9a7",
    "ERC-20": "36372b07",
    "ERC-20 metadata": "a219a025",
    "ERC-173": "7f5828d0",
    "ERC-2612": "9d8ff7da",
    "ERC-3643": "b97d944c",
    "ERC-3643 agents": "0cba0fa8",
    "ERC-7943 fungible": "3edbb4c4",
    "ERC-1404": "ab84a5c8",
    "ERC-5267": "84b0196e",
    "ERC-3009": "bff533ba",
    "ERC-1643": "ecfecec8",
}


@pytest.mark.parametrize("standard", INTERFACES)
def test_ids_are_those_of_the_standards(standard):
    assert interface_id(INTERFACES[standard]).hex() == IDS[standard]


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
        "41c4fbad",  # ERC-7943 for many tokens in one
        "5c0cda7e",  # ERC-3643 with the functions of a later draft
        "80ac58cd",  # ERC-721
        "01ffc9a6",  # one bit beside ERC-165
    ],
)
def test_answers_no_to_anything_else(empty_token, other):
    assert not empty_token.supportsInterface(bytes.fromhex(other))
