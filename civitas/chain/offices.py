"""Who holds which role, and how the council gives and takes one."""

from typing import Any

from ape.api import AccountAPI

from civitas.chain.city import City
from civitas.chain.events import Sources, read_events
from civitas.chain.roles import OF_CONTRACTS, SEPARATED, Role
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError


def holders(city: City) -> dict[Role, list[str]]:
    """Every account that holds a role now, in the order in which they got it."""
    granted: dict[bytes, dict[str, None]] = {}
    for event in read_events(Sources({city.authority.address: "Authority"})):
        if event.name == "RoleGranted":
            role = bytes(event.arguments["role"])
            granted.setdefault(role, {})[str(event.arguments["account"])] = None
    return {
        role: [
            account
            for account in granted.get(role.id, {})
            if city.authority.hasRole(role.id, account)
        ]
        for role in Role
    }


def grant(city: City, role: Role, account: str, council: AccountAPI) -> Act:
    """Give an account a role, by the council. Raises CivitasError for one it must not combine."""
    authority = city.authority
    if authority.hasRole(role.id, account):
        return Act((f"{account} has {role.name} already",), (), lambda: {})
    for one, other in SEPARATED:
        if role in (one, other):
            apart = other if role is one else one
            if authority.hasRole(apart.id, account):
                raise CivitasError(
                    f"{account} holds {apart.name}, which no key combines with {role.name}: "
                    "take that from it first, or name another account"
                )
    return _change(city, role, account, authority.grantRole, council, True)


def revoke(city: City, role: Role, account: str, council: AccountAPI) -> Act:
    """Take a role from an account, by the council; the last holder's too, with a warning."""
    if not city.authority.hasRole(role.id, account):
        return Act((f"{account} does not hold {role.name}",), (), lambda: {})
    if role in OF_CONTRACTS:
        raise CivitasError(f"{role.name} is a contract's: the city does not work without it")
    return _change(city, role, account, city.authority.revokeRole, council, False)


def _change(
    city: City, role: Role, account: str, method: Any, council: AccountAPI, is_grant: bool
) -> Act:
    admin = str(city.authority.admin())
    if str(council.address) != admin:
        raise CivitasError(
            f"{council.address} is not the council, which is {admin}: it signs with --account, or "
            "its Safe's owners with --safe and --queue; nothing was sent"
        )
    others = [each for each in holders(city)[role] if each != account]
    has = ", ".join(others) or "nobody"
    return Act(
        lines=(
            f"{account} {'gets' if is_grant else 'loses'} {role.name}",
            f"{role.name} beside it: {has}",
        ),
        steps=(Prepared(method, (role.id, account), council),),
        facts=lambda: {
            f"{account} {'holds' if is_grant else 'does not hold'} {role.name}": (
                bool(city.authority.hasRole(role.id, account)) == is_grant
            )
        },
    )
