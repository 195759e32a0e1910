"""The office goes to a Safe, and whoever held it ends with nothing."""

import json
from functools import partial

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.address_book import AddressBook
from civitas.chain.check import facts
from civitas.chain.deploy import accept_admin, deploy_city
from civitas.chain.handover import apply_handover, leftovers, plan_handover
from civitas.chain.holdings import read_holdings
from civitas.chain.rehearsal import plan_city
from civitas.chain.roles import ADMIN, Role
from civitas.errors import CivitasError
from scripts.handover import SAFE_FILE, cli
from tests.conftest import PARAMS
from tests.deployment import STEPS

HOUR = 3_600


@pytest.fixture
def own_book(tmp_path):
    return AddressBook(tmp_path / "book")


@pytest.fixture
def safe(stranger, accounts):
    """A contract that acts as its owners let it."""
    wallet = stranger.deploy(project.MockContractWallet, stranger)
    return accounts.impersonate_account(wallet.address)


@pytest.fixture
def direct(own_book, deployer):
    """A city whose council is the admin itself, and has not accepted."""
    return deploy_city(PARAMS, own_book, deployer)


@pytest.fixture(scope="module")
def timelocked(tmp_path_factory):
    """Parameters of a city whose council's decisions wait two hours."""
    path = tmp_path_factory.mktemp("params") / "params.toml"
    path.write_text(PARAMS.read_text() + "\n[timelock]\ndelay_hours = 2\n")
    return path


@pytest.fixture
def waiting(own_book, deployer, timelocked):
    return deploy_city(timelocked, own_book, deployer)


def holds_nothing(city, account):
    roles = [role for role in Role if city.authority.hasRole(role.id, account)]
    return not roles and not city.authority.hasRole(ADMIN, account)


def wait(seconds):
    chain.mine(timestamp=chain.blocks.head.timestamp + seconds)


# --- deployment with a timelock


def test_a_plan_with_a_timelock_is_the_run(own_book, deployer, timelocked):
    plan = plan_city(timelocked, own_book, deployer.address)
    before = deployer.nonce

    city = deploy_city(timelocked, own_book, deployer)

    assert deployer.nonce - before == len(plan.steps) == STEPS + 1
    assert plan.roles["ADMIN"] == (city.timelock.address,)
    assert own_book.require("Timelock").address == city.timelock.address
    again = plan_city(timelocked, own_book, deployer.address)
    assert again.steps == () and again.is_sound


def test_the_deployer_ends_with_nothing_when_the_council_accepts(
    waiting, own_book, deployer, council, timelocked
):
    assert waiting.authority.pending_admin() == waiting.timelock
    broken = [fact for fact in facts(timelocked, own_book) if not fact.holds]
    assert [fact.link for fact in broken] == [
        "the timelock is admin",
        "the deployer holds no role",
    ]
    assert f"{council} must call accept_admin() on {waiting.timelock.address}" in broken[0].detail

    accept_admin(waiting, council)

    assert [fact for fact in facts(timelocked, own_book) if not fact.holds] == []
    assert waiting.authority.admin() == waiting.timelock
    assert holds_nothing(waiting, deployer) and holds_nothing(waiting, council)
    assert read_holdings(waiting, own_book).of(deployer.address) == ()


def test_refuses_parameters_without_a_delay_where_others_look_on(
    own_book, deployer, accounts, tmp_path, monkeypatch
):
    text = PARAMS.read_text()
    for number in range(30, 0, -1):
        text = text.replace(f'"test:{number}"', f'"{accounts[number].address}"')
    path = tmp_path / "params.toml"
    path.write_text(text)
    monkeypatch.setattr(type(chain.provider.network), "is_local", False)

    with pytest.raises(CivitasError, match="timelock.delay_hours is missing: on this network"):
        plan_city(path, own_book, deployer.address)
    with pytest.raises(CivitasError, match="timelock.delay_hours is missing: on this network"):
        deploy_city(path, own_book, deployer)
    assert not own_book.folder.exists()


# --- hand-over by the admin


def test_hands_over_to_a_safe(direct, own_book, deployer, council, safe):
    """The council of the parameters never accepted: the deployer offers the office to the Safe."""
    planned = plan_handover(direct, own_book, safe.address, deployer.address)
    assert [act.what for act in planned.acts] == [f"offer the office to {safe.address}"]
    assert planned.acceptance.to == direct.authority.address

    apply_handover(direct, own_book, planned, deployer)

    assert read_holdings(direct, own_book).pairs == planned.after
    assert leftovers(direct, planned) == [f"{deployer.address} holds ADMIN"]
    sent = safe.transfer(planned.acceptance.to, 0, data=planned.acceptance.data)
    assert not sent.failed
    assert direct.authority.admin() == safe
    assert leftovers(direct, planned) == []
    assert holds_nothing(direct, deployer)
    again = plan_handover(direct, own_book, safe.address, deployer.address)
    assert again.is_done


def test_takes_the_roles_of_the_outgoing_first(direct, own_book, deployer, council, safe):
    """A deployer that was given duties by the council, which now hands over itself."""
    accept_admin(direct, council)
    direct.authority.grantRole(Role.GUARDIAN.id, deployer, sender=council)
    planned = plan_handover(direct, own_book, safe.address, council.address)
    assert [act.what for act in planned.acts] == [
        f"revoke GUARDIAN of {deployer.address}",
        f"offer the office to {safe.address}",
    ]
    before = planned.before.pairs

    apply_handover(direct, own_book, planned, council)

    assert before - planned.after == {("Authority", "GUARDIAN", deployer.address)}
    assert read_holdings(direct, own_book).pairs == planned.after
    direct.authority.accept_admin(sender=safe)
    assert holds_nothing(direct, deployer) and holds_nothing(direct, council)


def test_refuses_an_account_without_code_where_others_look_on(
    direct, own_book, deployer, accounts, monkeypatch
):
    monkeypatch.setattr("civitas.chain.handover.is_local", lambda: False)

    with pytest.raises(CivitasError, match="has no code: on this network only a Safe takes over"):
        plan_handover(direct, own_book, accounts[50].address, deployer.address)


def test_refuses_a_safe_that_holds_a_role(direct, own_book, deployer, treasurer):
    with pytest.raises(CivitasError, match="holds TREASURER; whoever decides holds no role"):
        plan_handover(direct, own_book, treasurer.address, deployer.address)


def test_refuses_who_does_not_hold_the_office(direct, own_book, stranger, safe, deployer):
    with pytest.raises(CivitasError, match=f"is not the admin, {deployer.address} is"):
        plan_handover(direct, own_book, safe.address, stranger.address)


def test_an_act_that_the_chain_refuses_is_not_sent(direct, own_book, deployer, council, safe):
    """Between plan and run the office went to somebody else."""
    planned = plan_handover(direct, own_book, safe.address, deployer.address)
    accept_admin(direct, council)
    nonce = deployer.nonce

    with pytest.raises(CivitasError, match="the chain refuses: access_control: account is missing"):
        apply_handover(direct, own_book, planned, deployer)
    assert deployer.nonce == nonce


# --- hand-over behind a timelock


def test_an_offer_to_a_timelock_needs_its_own_council(waiting, own_book, deployer, council, safe):
    with pytest.raises(CivitasError, match=f"the Timelock's council is {council.address}"):
        plan_handover(waiting, own_book, safe.address, deployer.address)


def test_hands_the_timelocks_council_over_after_the_delay(
    waiting, own_book, deployer, council, safe, auditor
):
    accept_admin(waiting, council)
    plan = partial(plan_handover, waiting, own_book, safe.address, council.address)

    proposed = plan()
    assert [act.what for act in proposed.acts] == [f"propose: offer the council to {safe.address}"]
    apply_handover(waiting, own_book, proposed, council)
    early = plan()
    assert early.acts == () and len(early.waits) == 1
    wait(2 * HOUR)
    due = plan()
    assert [act.what for act in due.acts] == [f"offer the council to {safe.address}"]
    apply_handover(waiting, own_book, due, council)
    rest = plan()
    assert rest.acts == () and rest.waits == ()
    assert rest.acceptance.what == "Timelock.accept_council()"
    safe.transfer(rest.acceptance.to, 0, data=rest.acceptance.data)

    assert waiting.timelock.council() == safe
    assert leftovers(waiting, rest) == []
    assert plan_handover(waiting, own_book, safe.address, council.address).is_done
    assert read_holdings(waiting, own_book).of(council.address, deployer.address) == ()


def test_takes_a_stray_role_by_an_operation(waiting, own_book, deployer, council, safe):
    """Granted, say, in the days of a trial."""
    accept_admin(waiting, council)
    timelock, authority = waiting.timelock, waiting.authority
    grant = authority.grantRole.encode_input(Role.GUARDIAN.id, deployer)
    none = bytes(32)
    timelock.schedule(authority, 0, grant, none, none, 2 * HOUR, sender=council)
    wait(2 * HOUR)
    timelock.execute(authority, 0, grant, none, none, sender=council)
    plan = partial(plan_handover, waiting, own_book, safe.address, council.address)

    apply_handover(waiting, own_book, plan(), council)
    wait(2 * HOUR)
    due = plan()
    assert due.before.pairs - due.after == {("Authority", "GUARDIAN", deployer.address)}
    apply_handover(waiting, own_book, due, council)

    assert holds_nothing(waiting, deployer)


def test_refuses_who_is_not_the_council(waiting, own_book, council, stranger, safe):
    accept_admin(waiting, council)

    with pytest.raises(CivitasError, match=f"is not the council, {council.address} is"):
        plan_handover(waiting, own_book, safe.address, stranger.address)


# --- who holds what


def test_tells_who_holds_what_since_when(direct, own_book, council, cashier, stranger):
    receipt = direct.authority.accept_admin(sender=council)
    granted = direct.authority.grantRole(Role.CASHIER.id, stranger, sender=council)
    direct.authority.revokeRole(Role.CASHIER.id, cashier, sender=council)

    holdings = read_holdings(direct, own_book)

    assert holdings.differences == ()
    admins = [each for each in holdings.held if each.role == "ADMIN"]
    assert [(each.account, each.since_block) for each in admins] == [
        (council.address, receipt.block_number)
    ]
    cashiers = [each for each in holdings.held if each.role == "CASHIER"]
    assert [(each.account, each.since_block) for each in cashiers] == [
        (stranger.address, granted.block_number)
    ]
    # Two of each of the separate duties less one, and the contracts' own.
    assert len({each.account for each in holdings.held}) == 23


def set_past_the_events(authority, role, account, value):
    """Write `hasRole[role][account]`, the first mapping of the Authority, as only a node can."""
    inner = keccak(bytes(32) + role.id)
    slot = keccak(inner + bytes.fromhex(account.address[2:]).rjust(32, b"\0"))
    chain.provider.set_storage(authority.address, int.from_bytes(slot, "big"), value)


def test_a_state_that_the_events_do_not_tell_is_named(
    direct, own_book, handover, cashier, safe, deployer
):
    set_past_the_events(direct.authority, Role.CASHIER, cashier, bytes(32))

    differs = f"Authority: by its events {cashier.address} holds CASHIER"
    assert read_holdings(direct, own_book).differences == (differs,)
    with pytest.raises(CivitasError, match=differs):
        plan_handover(direct, own_book, safe.address, deployer.address)
    reported = handover("report")
    assert reported.exit_code == 1
    assert differs in reported.stderr


# --- the commands


@pytest.fixture
def handover(run_command, own_book):
    return partial(run_command, cli, records=own_book.folder)


def test_the_commands_hand_over(handover, waiting, own_book, deployer, council, safe, tmp_path):
    accepted = handover("accept", "--account", "TEST::1")
    assert accepted.exit_code == 0, accepted.stderr
    to = ("--to", safe.address)

    shown = handover("plan", *to, "--from", council.address, "--json")
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["acts"] == [f"propose: offer the council to {safe.address}"]
    proposed = handover("apply", *to, "--account", "TEST::1")
    assert proposed.exit_code == 1
    assert "waits: offer the council" in proposed.stdout
    assert f"{council.address} holds council of the Timelock" in proposed.stderr
    wait(2 * HOUR)
    offered = handover("apply", *to, "--account", "TEST::1")
    assert offered.exit_code == 1, offered.stderr
    file = json.loads((own_book.folder / SAFE_FILE).read_text())
    assert file["chainId"] == str(chain.provider.chain_id)
    (call,) = file["transactions"]
    safe.transfer(call["to"], int(call["value"]), data=call["data"])
    done = handover("apply", *to, "--account", "TEST::1")

    assert done.exit_code == 0, done.stderr
    assert "the outgoing account holds nothing" in done.stdout
    assert waiting.timelock.council() == safe


def test_the_report_is_written(handover, waiting, council, tmp_path):
    accept_admin(waiting, council)

    done = handover("report", "--out", tmp_path / "roles")

    assert done.exit_code == 0, done.stderr
    document = json.loads((tmp_path / "roles.json").read_text())
    assert document["differences"] == []
    (admin,) = [each for each in document["holdings"] if each["role"] == "ADMIN"]
    assert (admin["who"], admin["account"]) == ("Timelock", waiting.timelock.address)
    proposers = [each["who"] for each in document["holdings"] if each["role"] == "PROPOSER"]
    assert proposers == ["council"]
    page = (tmp_path / "roles.md").read_text()
    assert f"| Authority | ADMIN | `{waiting.timelock.address}` | Timelock |" in page
    assert page.count("\n| ") == len(document["holdings"]) + 1


def test_the_command_names_what_is_wrong(handover, direct, stranger, safe):
    done = handover("apply", "--to", safe.address, "--account", "TEST::30")

    assert done.exit_code == 2
    assert f"{stranger.address} is not the admin" in done.stderr


def test_only_the_council_accepts(handover, direct):
    done = handover("accept", "--account", "TEST::30")

    assert done.exit_code == 2
    assert "the chain refuses: authority: not the candidate" in done.stderr


def test_a_direct_offer_is_accepted_by_its_key(handover, direct, council):
    done = handover("accept", "--account", "TEST::1")

    assert done.exit_code == 0, done.stderr
    assert direct.authority.admin() == council
    with ape.reverts("authority: not the candidate"):
        direct.authority.accept_admin(sender=council)
