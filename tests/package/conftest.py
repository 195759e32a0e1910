"""Commands of Ape run in this process, on the city of the tests and its records."""

import pytest
from click.testing import CliRunner

from civitas.chain.address_book import AddressBook, Record
from civitas.chain.city import CONTRACT_NAMES
from tests.conftest import PARAMS


@pytest.fixture(scope="module")
def book(city, tmp_path_factory):
    """The folder of an address book of the city, as `deploy` writes it."""
    folder = tmp_path_factory.mktemp("records")
    for field, name in CONTRACT_NAMES.items():
        contract = getattr(city, field)
        record = Record(
            contract=contract.contract_type.name,
            address=contract.address,
            transaction="0x" + "00" * 32,
            block=0,
            deployer=contract.address,
            arguments=(),
            code_hash="0x" + "00" * 32,
            creation_hash="0x" + "00" * 32,
            compiler="vyper 0.4.3",
            evm_version="cancun",
            optimize="gas",
            commit="unknown",
            params=PARAMS.as_posix(),
        )
        AddressBook(folder).put(name, record)
    return folder


@pytest.fixture(scope="module")
def run_command(book):
    """`run_command(cli, "verify", batch)` has `exit_code`, `stdout` and `stderr`."""

    def run(cli, *arguments, records=book):
        common = ["--network", "ethereum:local:revm", "--records", str(records)]
        done = CliRunner(mix_stderr=False).invoke(cli, [*map(str, arguments), *common])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert "Traceback" not in done.stderr
        return done

    return run
