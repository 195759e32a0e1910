"""What a transaction logged, in order and in full."""

from eth_utils import is_hex_address, to_checksum_address


def plain(value):
    """Structs and lists as tuples, accounts and contracts as addresses."""
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, list | tuple):
        return tuple(plain(each) for each in value)
    if hasattr(value, "address"):
        return str(value.address)
    # Inside a struct an address is not in its checksummed form.
    return to_checksum_address(value) if is_hex_address(value) else value


def logged(receipt):
    """[(event, arguments)], the arguments in the order of the declaration."""
    return [
        (
            log.event_name,
            *(plain(log.event_arguments[each.name]) for each in log.abi.inputs),
        )
        for log in receipt.events
    ]


def event(name, *arguments):
    """The same for an expected event."""
    return (name, *(plain(each) for each in arguments))
