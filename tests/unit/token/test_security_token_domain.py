"""eip712Domain and DOMAIN_SEPARATOR."""

from ape import chain
from eth_abi import encode
from eth_utils import keccak


def test_domain_names_the_token(empty_token):
    fields, name, version, chain_id, contract, salt, extensions = empty_token.eip712Domain()

    assert bytes(fields) == b"\x0f"
    assert (name, version, chain_id) == (empty_token.name(), "1", chain.chain_id)
    assert contract == empty_token.address
    assert (bytes(salt), extensions) == (bytes(32), [])


def test_separator_is_the_hash_of_the_domain(empty_token):
    kind = keccak(
        text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    parts = [
        kind,
        keccak(text=empty_token.name()),
        keccak(text="1"),
        chain.chain_id,
        empty_token.address,
    ]

    expected = keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], parts))

    assert bytes(empty_token.DOMAIN_SEPARATOR()) == expected


def test_two_tokens_have_two_separators(empty_token, register_asset, create_token):
    other = create_token(register_asset("parcel 2"))

    assert other.DOMAIN_SEPARATOR() != empty_token.DOMAIN_SEPARATOR()
