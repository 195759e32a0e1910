"""What a retirement was for, kept off the chain: only a salted hash of it is public.

Without the salt nobody can guess the details from the hash; with salt and file anybody can check.
"""

from pathlib import Path

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from civitas.errors import CivitasError

MIN_SALT = 16  # bytes


def details_hash(salt: bytes, details: bytes) -> bytes:
    """keccak256(abi.encode(bytes salt, bytes details)): no two pairs have the same encoding."""
    return keccak(encode(["bytes", "bytes"], [salt, details]))


def read_details(details: Path | None, salt: Path | None) -> bytes:
    """The hash of two files, or zero for none. Raises CivitasError."""
    if details is None and salt is None:
        return bytes(32)
    if details is None or salt is None:
        raise CivitasError("details need a salt, and a salt needs details: give both files or none")
    secret = _read(salt)
    if len(secret) < MIN_SALT:
        raise CivitasError(
            f"{salt}: {len(secret)} bytes are too few to keep the details private; "
            f"make a salt with: openssl rand -out {salt} 32"
        )
    return details_hash(secret, _read(details))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CivitasError(f"{path}: can't be read: {error.strerror}") from None
