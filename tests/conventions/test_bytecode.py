"""What the compiler made of the contracts: no dangerous opcode, and room below the size limit."""

import cbor2
import pytest
from ape import chain, project
from vyper.evm.opcodes import OPCODES

from .sources import DEPLOYABLE

MAX_RUNTIME = 24_576  # EIP-170
BLUEPRINT_PREAMBLE = 3
FORBIDDEN = {"DELEGATECALL", "CALLCODE", "SELFDESTRUCT"}
NAMES = {row[0]: name for name, row in OPCODES.items() if row[0] is not None}

every_contract = pytest.mark.parametrize("name", [source.path.stem for source in DEPLOYABLE])


def creation_of(name):
    """Creation code, and the compiler's own account of what is in it."""
    text = project.contracts[name].contract_type.deployment_bytecode.bytecode
    code = bytes.fromhex(text.removeprefix("0x"))
    length = int.from_bytes(code[-2:], "big")
    _, runtime_size, data_sizes, immutables_size, compiler = cbor2.loads(code[-length:-2])
    assert compiler == {"vyper": [0, 4, 3]}
    return code[:-length], runtime_size, sum(data_sizes), immutables_size


def runtime_of(name):
    text = project.contracts[name].contract_type.runtime_bytecode.bytecode
    return bytes.fromhex(text.removeprefix("0x"))


def opcodes(code):
    """Walk over instructions, not over what PUSH pushes."""
    found = []
    position = 0
    while position < len(code):
        found.append(NAMES.get(code[position], f"UNKNOWN {code[position]:#x}"))
        pushed = code[position] - 0x5F if 0x60 <= code[position] <= 0x7F else 0
        position += 1 + pushed
    return found


def test_walks_over_what_is_pushed():
    assert opcodes(bytes.fromhex("60f4 5f 7f" + "ff" * 32 + "f4 0c")) == [
        "PUSH1",
        "PUSH0",
        "PUSH32",
        "DELEGATECALL",
        "UNKNOWN 0xc",
    ]


@every_contract
def test_has_no_dangerous_opcode(name):
    creation, runtime_size, data_size, _ = creation_of(name)
    runtime = runtime_of(name)
    start = creation.index(runtime)
    assert len(runtime) == runtime_size

    for code in (runtime[: runtime_size - data_size], creation[:start]):
        found = set(opcodes(code))

        assert not found & FORBIDDEN
        # Were the walk out of step, it would meet bytes that are no instruction.
        assert [each for each in found if each.startswith("UNKNOWN")] == []
        assert "RETURN" in found


@every_contract
def test_fits_the_size_limit(name):
    _, runtime_size, _, immutables_size = creation_of(name)

    assert runtime_size + immutables_size < MAX_RUNTIME


@pytest.mark.parametrize(
    "name",
    ["SecurityToken", "RevenueSplitter", "SplitterRules", "CarbonCredit", "RetirementCertificate"],
)
def test_fits_the_size_limit_as_a_blueprint(name):
    """The blueprint's own code is the creation code."""
    creation, *_ = creation_of(name)

    assert BLUEPRINT_PREAMBLE + len(creation) < MAX_RUNTIME


def test_is_on_the_chain_what_the_compiler_made(city):
    for name, contract in city.contracts():
        kind = "MockPaymentToken" if name == "PaymentToken" else name
        code = bytes(chain.provider.get_code(contract.address))
        _, runtime_size, _, immutables_size = creation_of(kind)

        assert code[:runtime_size] == runtime_of(kind), name
        assert len(code) == runtime_size + immutables_size, name
