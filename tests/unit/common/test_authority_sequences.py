"""Any sequence of acts, against a ledger of who should hold what."""

import ape
from hypothesis import example, given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN, SEPARATED, Role

from .examples import runs, undone

ROLES = [Role.TREASURER, Role.CASHIER, Role.GUARDIAN, Role.AUDITOR]
PEOPLE = 4  # the first is the admin to begin with

people = st.integers(0, PEOPLE - 1)
acts = st.one_of(
    st.tuples(st.just("grant"), people, people, st.sampled_from(ROLES)),
    st.tuples(st.just("grant"), st.just("admin"), people, st.sampled_from(ROLES)),
    st.tuples(st.just("revoke"), st.just("admin"), people, st.sampled_from(ROLES)),
    st.tuples(st.just("renounce"), people, people, st.sampled_from(ROLES)),
    st.tuples(st.just("name"), st.just("admin"), people, st.none()),
    st.tuples(st.just("accept"), people, st.none(), st.none()),
    st.tuples(st.just("accept"), st.just("candidate"), st.none(), st.none()),
)


def apart(first, second):
    return (first, second) in SEPARATED or (second, first) in SEPARATED


class Ledger:
    def __init__(self):
        self.admin, self.candidate = 0, None
        self.held = [set() for _ in range(PEOPLE)]

    def refusal(self, act, caller, person, role):
        """The reason for which an act must be refused, or None."""
        if act in ("grant", "revoke", "name") and caller != self.admin:
            return "access_control: account is missing role"
        if act == "grant" and person == self.admin:
            return "authority: admin holds no role"
        if act == "grant" and any(apart(role, other) for other in self.held[person]):
            return "authority: duties must be separate"
        if act == "renounce" and person != caller:
            return "authority: not the caller"
        if act == "name" and person == self.admin:
            return "authority: already the admin"
        if act == "accept" and caller != self.candidate:
            return "authority: not the candidate"
        if act == "accept" and self.held[caller]:
            return "authority: holds a role"
        return None

    def apply(self, act, caller, person, role):
        if act == "grant":
            self.held[person].add(role)
        if act in ("revoke", "renounce"):
            self.held[person].discard(role)
        if act == "name":
            self.candidate = person
        if act == "accept":
            self.admin, self.candidate = caller, None


@runs(25)
@given(acts=st.lists(acts, min_size=5, max_size=25))
@example(
    acts=[
        ("name", "admin", 1, None),
        ("grant", "admin", 1, Role.CASHIER),
        ("accept", 1, None, None),
        ("renounce", 1, 1, Role.CASHIER),
        ("accept", 1, None, None),
        ("grant", "admin", 0, Role.CASHIER),
        ("grant", "admin", 0, Role.TREASURER),
        ("grant", "admin", 0, Role.GUARDIAN),
    ]
)
def test_keeps_duties_apart_and_one_admin(authority, council, accounts, acts):
    """INV-AUTH-1 and INV-AUTH-2, after every act."""
    persons = [council, *accounts[40:43]]
    ledger = Ledger()
    with undone():
        for act, caller, person, role in acts:
            caller = {"admin": ledger.admin, "candidate": ledger.candidate or 0}.get(caller, caller)
            arguments = {
                "name": [persons[person or 0]],
                "accept": [],
            }.get(act, [role and role.id, persons[person or 0]])
            method = {
                "grant": authority.grantRole,
                "revoke": authority.revokeRole,
                "renounce": authority.renounceRole,
                "name": authority.transfer_admin,
                "accept": authority.accept_admin,
            }[act]

            if refusal := ledger.refusal(act, caller, person, role):
                with ape.reverts(refusal):
                    method(*arguments, sender=persons[caller])
            else:
                method(*arguments, sender=persons[caller])
                ledger.apply(act, caller, person, role)

            assert_like(authority, persons, ledger, {caller, person or 0})
        assert_like(authority, persons, ledger, range(PEOPLE))


def assert_like(authority, persons, ledger, numbers):
    candidate = None if ledger.candidate is None else persons[ledger.candidate]
    assert authority.admin() == persons[ledger.admin]
    assert authority.pending_admin() == (candidate or ZERO_ADDRESS)
    for number in numbers:
        person = persons[number]
        held = {role for role in ROLES if authority.hasRole(role.id, person)}
        assert held == ledger.held[number]
        assert authority.role_count(person) == len(held)
        assert authority.hasRole(ADMIN, person) == (number == ledger.admin)
        assert not any(apart(first, second) for first in held for second in held)
    assert not ledger.held[ledger.admin]
