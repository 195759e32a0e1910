"""A tree of hashes over a set: the root stands for all of it, a path for one member.

The tree is that of OpenZeppelin's `StandardMerkleTree`: leaves in the order of their bytes, pairs
hashed in theirs. So its tools, and `MerkleProof` on a chain, prove a member too. A leaf is hashed
twice, which no inner node is.
"""

from collections.abc import Iterable, Sequence

from eth_utils.crypto import keccak


def leaf(content: bytes) -> bytes:
    return keccak(keccak(content))


def root(leaves: Iterable[bytes]) -> bytes:
    """Whatever the order of the leaves; 32 zero bytes where there is none."""
    tree = _tree(leaves)
    return tree[0] if tree else bytes(32)


def path(leaves: Iterable[bytes], member: bytes) -> list[bytes]:
    """The hashes beside the way from a leaf to the root."""
    tree = _tree(leaves)
    # A leaf is no node's hash, and equal leaves have equal ways' ends.
    place, beside = tree.index(member), []
    while place:
        beside.append(tree[place + 1 if place % 2 else place - 1])
        place = (place - 1) // 2
    return beside


def climb(member: bytes, beside: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to."""
    reached = member
    for each in beside:
        reached = _node(reached, each)
    return reached


def _node(one: bytes, other: bytes) -> bytes:
    return keccak(b"".join(sorted((one, other))))


def _tree(leaves: Iterable[bytes]) -> list[bytes]:
    """The root first, then each row, the leaves last; below the node at i are 2i + 1 and 2i + 2."""
    ordered = sorted(leaves, reverse=True)
    tree = [b""] * (len(ordered) - 1) + ordered
    for place in range(len(ordered) - 2, -1, -1):
        tree[place] = _node(tree[2 * place + 1], tree[2 * place + 2])
    return tree
