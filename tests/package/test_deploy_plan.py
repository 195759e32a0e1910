"""A plan is the run before the run: same addresses, same arguments, and nothing written or sent."""

from hashlib import sha256
from pathlib import Path

import ape
import pytest

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import deploy_city
from civitas.chain.rehearsal import plan_city
from civitas.errors import CivitasError
from tests.deployment import RECORDS, STEPS

PARAMS = Path("deployments/ethereum/local/params.toml")


def checksum(folder):
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


@pytest.fixture
def book(tmp_path):
    return AddressBook(tmp_path / "book")


def test_plan_and_run_are_the_same(book, deployer):
    plan = plan_city(PARAMS, book, deployer.address)
    before = deployer.nonce

    deploy_city(PARAMS, book, deployer)

    assert deployer.nonce - before == len(plan.steps) == STEPS
    assert [step.nonce for step in plan.steps] == list(range(before, before + STEPS))
    created = {step.name: (step.address, step.arguments) for step in plan.steps if step.address}
    assert created == {
        name: (book.require(name).address, book.require(name).arguments) for name in created
    }
    assert len(created) == RECORDS


def test_the_gas_of_a_plan_is_that_of_the_run(book, deployer):
    plan = plan_city(PARAMS, book, deployer.address)
    start = ape.chain.blocks.head.number

    deploy_city(PARAMS, book, deployer)

    blocks = range(start + 1, start + 1 + len(plan.steps))
    used = [ape.chain.provider.get_block(number).gas_used for number in blocks]
    assert sum(used) == pytest.approx(plan.gas, rel=0.01)


def test_a_plan_writes_and_sends_nothing(book, deployer):
    deploy_city(PARAMS, book, deployer)
    (book.folder / "Treasury.json").unlink()
    before = (checksum(book.folder), deployer.nonce, ape.chain.blocks.head.number)

    plan_city(PARAMS, book, deployer.address)

    assert (checksum(book.folder), deployer.nonce, ape.chain.blocks.head.number) == before


def test_a_plan_without_records_makes_no_folder(book, deployer):
    plan_city(PARAMS, book, deployer.address)

    assert not book.folder.exists()


def test_nothing_is_left_to_do_after_the_run(book, deployer):
    deploy_city(PARAMS, book, deployer)

    plan = plan_city(PARAMS, book, deployer.address)

    assert plan.steps == ()
    assert len(plan.recorded) == RECORDS
    assert plan.is_sound


def test_a_plan_of_the_rest_has_only_the_rest(book, deployer, monkeypatch):
    """Broken off before the ninth contract: the plan begins there, with the next nonce."""
    put, left = AddressBook.put, iter(range(8))

    def breaking(self, name, record):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return put(self, name, record)

    monkeypatch.setattr(AddressBook, "put", breaking)
    with pytest.raises(KeyboardInterrupt):
        deploy_city(PARAMS, book, deployer)
    monkeypatch.setattr(AddressBook, "put", put)

    plan = plan_city(PARAMS, book, deployer.address)

    assert len(plan.recorded) == 8
    assert len(plan.steps) == STEPS - 8
    assert plan.steps[0].nonce == deployer.nonce
    assert plan.is_sound


def test_says_who_can_not_pay(book, deployer, stranger):
    ape.chain.provider.set_balance(stranger.address, 10**15)

    plan = plan_city(PARAMS, book, stranger.address)

    assert [check.what for check in plan.checks if not check.holds] == ["the deployer can pay"]
    assert plan.cost > 10**15


def test_names_a_record_of_other_code(book, deployer):
    city = deploy_city(PARAMS, book, deployer)
    record = book.require("Lease")
    book.put("Lease", record.model_copy(update={"address": city.treasury.address}))

    plan = plan_city(PARAMS, book, deployer.address)

    assert "Lease has the recorded code" in [c.what for c in plan.checks if not c.holds]


def test_roles_are_those_of_the_parameters(book, deployer, council, cashier):
    plan = plan_city(PARAMS, book, deployer.address)

    assert plan.roles["ADMIN"] == (council.address,)
    assert plan.roles["CASHIER"] == (cashier.address,)
    assert not any(deployer.address in who for who in plan.roles.values())


def test_refuses_a_deployer_with_a_duty(book, cashier):
    with pytest.raises(CivitasError, match="it can be neither council nor a role"):
        plan_city(PARAMS, book, cashier.address)


def test_plans_with_a_payment_token_that_exists(book, deployer, project, tmp_path):
    token = project.MockPaymentToken.deploy("Won", "KRWT", 0, sender=deployer)
    changed = tmp_path / "params.toml"
    changed.write_text(
        PARAMS.read_text().replace('payment_token = "mock"', f'payment_token = "{token.address}"')
    )

    plan = plan_city(changed, book, deployer.address)

    assert plan.is_sound
    assert [step.name for step in plan.steps][:2] == ["Authority", "AssetRegistry"]
    lease = next(step for step in plan.steps if step.name == "Lease")
    assert lease.arguments[1] == token.address
