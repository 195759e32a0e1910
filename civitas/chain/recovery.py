"""A lost wallet's place taken by another: in the identity registry first, then in each token."""

from typing import Any

from ape import project
from ape.api import AccountAPI

from civitas.chain.city import City, contract_at
from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.events import sources_of
from civitas.chain.roles import Role
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError

_MOST = 8  # wallets lost one after the other


def announce(
    city: City,
    lost: str,
    successor: str,
    reason: bytes,
    deadline: int,
    signature: bytes,
    enforcer: AccountAPI,
) -> Act:
    """Announce that a wallet takes a lost one's place, with the new wallet's signature."""
    registry = city.identity_registry
    _require_investor(city, lost)
    if _successor(city, lost) == successor:
        return Act((f"{successor} has taken the place of {lost} already",), (), lambda: {})
    pending = registry.announced_recovery(lost)
    if str(pending.successor) == successor and city.now <= pending.executable_until:
        return Act(("announced already", *_window(city, lost)), (), lambda: {})
    return Act(
        lines=(f"{lost} of investor {registry.identity(lost)} is replaced by {successor}",),
        steps=(
            Prepared(
                registry.announce_recovery,
                (lost, successor, reason, deadline, signature),
                enforcer,
            ),
        ),
        facts=lambda: {
            "the recovery is announced": registry.announced_recovery(lost).successor == successor
        },
        role=Role.ENFORCER,
        outcome=lambda events: [
            *_window(city, lost),
            "until then freeze the lost wallet in each token: `ape run incident freeze`",
        ],
    )


def object_to(city: City, lost: str, sender: AccountAPI) -> Act:
    """Stop a recovery: by a wallet of the investor, or by the compliance officer."""
    registry = city.identity_registry
    if str(registry.announced_recovery(lost).successor) == ZERO_ADDRESS:
        return Act((f"no recovery of {lost} is announced",), (), lambda: {})
    is_officer = city.authority.hasRole(Role.COMPLIANCE_OFFICER.id, sender.address)
    if not is_officer and registry.identity(sender.address) != registry.identity(lost):
        raise CivitasError(
            f"{sender.address} is neither a wallet of the investor nor the compliance officer"
        )
    method = registry.call_off_recovery if is_officer else registry.object_to_recovery
    return Act(
        lines=(f"the recovery of {lost} is called off",),
        steps=(Prepared(method, (lost,), sender),),
        facts=lambda: {
            "nothing is announced": registry.announced_recovery(lost).successor == ZERO_ADDRESS
        },
    )


def execute(city: City, lost: str, enforcer: AccountAPI) -> Act:
    """Replace the wallet in the identity registry, after the window to object."""
    registry, clock = city.identity_registry, city.clock
    if (successor := _successor(city, lost)) != lost:
        return Act((f"{successor} has taken the place of {lost} already",), (), lambda: {})
    pending = registry.announced_recovery(lost)
    if str(pending.successor) == ZERO_ADDRESS:
        raise CivitasError(f"no recovery of {lost} is announced")
    if city.now < pending.executable_from:
        raise CivitasError(
            f"the investor may object until {clock.text(pending.executable_from)} "
            f"({clock.name}); it is carried out then"
        )
    if city.now > pending.executable_until:
        raise CivitasError(
            f"the announcement ended {clock.text(pending.executable_until)} ({clock.name}): "
            "announce it again"
        )
    return Act(
        lines=(f"{pending.successor} takes the place of {lost}, for ever",),
        steps=(Prepared(registry.recover_wallet, (lost,), enforcer),),
        facts=lambda: {
            "the wallet is replaced": registry.recovered_to(lost) == pending.successor,
        },
        role=Role.ENFORCER,
        outcome=lambda events: [
            f"next: hand over what it holds in each token with `ape run investor recover tokens "
            f"{lost}`"
        ],
    )


def hand_over(city: City, lost: str, agent: AccountAPI) -> Act:
    """Let each token in which the lost wallet has anything give it to the new one.

    A run that broke off is started again: what was handed over is not there any more.
    """
    successor = _successor(city, lost)
    if successor == lost:
        raise CivitasError(
            f"nobody has taken the place of {lost} in the identity registry: first "
            f"`ape run investor recover execute {lost}`"
        )
    identity = str(city.identity_registry.identity(successor))
    found = _tokens_with(city, lost)
    missing = [
        str(token.assetId()) for token in found if token.mandate_of(agent.address)[1] <= city.now
    ]
    if missing:
        raise CivitasError(
            f"{agent.address} has no mandate in the tokens of assets {', '.join(missing)}: "
            "the council gives it with `addAgent` and `set_mandate`; nothing was sent"
        )
    lines = [
        f"asset {token.assetId()}: {int(token.balanceOf(lost)):,} units, and income, to {successor}"
        for token in found
    ]
    return Act(
        lines=tuple(lines) or (f"{lost} has nothing in any token",),
        steps=tuple(
            Prepared(token.recoveryAddress, (lost, successor, identity), agent, label=line)
            for token, line in zip(found, lines, strict=True)
        ),
        facts=lambda: {
            f"{lost} has nothing in the token of asset {token.assetId()}": not _has(token, lost)
            for token in found
        },
        is_bulk=True,
    )


def _tokens_with(city: City, wallet: str) -> list[Any]:
    """Every token in which a wallet has units, frozen units or unclaimed income."""
    kinds = sources_of(city).of_kind("SecurityToken")
    return [token for token in map(_token, kinds) if _has(token, wallet)]


def _token(address: str) -> Any:
    return contract_at(project.SecurityToken, address)


def _has(token: Any, wallet: str) -> bool:
    return bool(
        token.balanceOf(wallet) or token.getFrozenTokens(wallet) or token.claimable_scaled(wallet)
    )


def _successor(city: City, wallet: str) -> str:
    """Who has taken its place in the end; the wallet itself where nobody has."""
    for _ in range(_MOST):
        following = str(city.identity_registry.recovered_to(wallet))
        if following == ZERO_ADDRESS:
            break
        wallet = following
    return wallet


def _window(city: City, lost: str) -> list[str]:
    pending, clock = city.identity_registry.announced_recovery(lost), city.clock
    return [
        f"the investor may object until {clock.text(pending.executable_from)}; then, until "
        f"{clock.text(pending.executable_until)} ({clock.name}), "
        f"`ape run investor recover execute {lost}`"
    ]


def _require_investor(city: City, wallet: str) -> None:
    if not city.identity_registry.contains(wallet) and _successor(city, wallet) == wallet:
        raise CivitasError(f"{wallet} is no investor's wallet: is the address right?")
