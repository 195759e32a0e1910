"""addAgent, removeAgent, set_mandate, strike_agent, and ERC-173."""

import ape
import pytest

from civitas.chain.roles import Role

UNTIL = 4_000_000_000


def test_agent_starts_without_a_mandate(token, council, enforcer, alice, bob):
    receipt = token.addAgent(enforcer, sender=council)

    assert receipt.events == [token.AgentAdded(agent=enforcer)]
    assert token.isAgent(enforcer)
    assert token.mandate_of(enforcer) == (0, 0)
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 0, sender=enforcer)


def test_mandate_replaces_the_one_before(token, council, enforcer):
    token.addAgent(enforcer, sender=council)
    token.set_mandate(enforcer, 7, UNTIL, sender=council)

    receipt = token.set_mandate(enforcer, 9, UNTIL + 1, sender=council)

    assert receipt.events == [
        token.MandateSet(
            agent=enforcer, old_amount=7, new_amount=9, old_until=UNTIL, new_until=UNTIL + 1
        )
    ]
    assert token.mandate_of(enforcer) == (9, UNTIL + 1)


@pytest.mark.parametrize(("amount", "until"), [(2**96, 1), (1, 2**40)])
def test_mandate_that_does_not_fit_is_refused(token, council, enforcer, amount, until):
    token.addAgent(enforcer, sender=council)

    with ape.reverts("agents: mandate too large"):
        token.set_mandate(enforcer, amount, until, sender=council)
    token.set_mandate(enforcer, 2**96 - 1, 2**40 - 1, sender=council)

    assert token.mandate_of(enforcer) == (2**96 - 1, 2**40 - 1)


def test_mandate_of_no_agent_is_refused(token, council, enforcer):
    with ape.reverts("agents: not an agent"):
        token.set_mandate(enforcer, 1, UNTIL, sender=council)


def test_only_an_enforcer_is_appointed_and_once(token, council, enforcer, alice):
    with ape.reverts("agents: not an enforcer"):
        token.addAgent(alice, sender=council)
    token.addAgent(enforcer, sender=council)
    with ape.reverts("agents: is an agent"):
        token.addAgent(enforcer, sender=council)

    assert not token.isAgent(alice)


def test_dismissal_ends_the_mandate(token, appoint, council, enforcer, alice, bob):
    appoint(token, 100)

    receipt = token.removeAgent(enforcer, sender=council)

    assert receipt.events == [token.AgentRemoved(agent=enforcer)]
    assert not token.isAgent(enforcer)
    assert token.mandate_of(enforcer) == (0, 0)
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 1, sender=enforcer)
    with ape.reverts("agents: not an agent"):
        token.removeAgent(enforcer, sender=council)


def test_anyone_strikes_an_agent_that_is_no_enforcer_any_more(
    token, city, appoint, council, enforcer, stranger, alice, bob
):
    appoint(token, 100)
    with ape.reverts("agents: still an enforcer"):
        token.strike_agent(enforcer, sender=stranger)

    city.authority.revokeRole(Role.ENFORCER.id, enforcer, sender=council)
    receipt = token.strike_agent(enforcer, sender=stranger)

    assert receipt.events == [token.AgentRemoved(agent=enforcer)]
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 1, sender=enforcer)
    with ape.reverts("agents: not an agent"):
        token.strike_agent(enforcer, sender=stranger)


def test_owner_is_the_authoritys_admin(token, council, alice):
    assert token.owner() == council.address

    with ape.reverts("token_extension: see authority"):
        token.transferOwnership(alice, sender=council)
