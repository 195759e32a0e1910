"""Small Vyper contracts, each there to show one thing about a chain."""

import vyper
from ape.contracts import ContractContainer
from ethpm_types import ContractType

PRAGMA = "# pragma version 0.4.3\n"

LEDGER = """
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

event Noted:
    amount: indexed(uint256)
    note: String[32]

balance_of: public(HashMap[address, uint256])
total: public(uint256)

@deploy
@payable
def __init__(total: uint256):
    assert total != 13, "ledger: unlucky total"
    self.total = total
    self.balance_of[msg.sender] = total
    log Transfer(sender=empty(address), receiver=msg.sender, amount=total)

@external
def mint(receiver: address, amount: uint256) -> uint256:
    self.total += amount
    self.balance_of[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, amount=amount)
    log Noted(amount=amount, note="minted")
    return self.total

@external
def transfer(receiver: address, amount: uint256):
    assert self.balance_of[msg.sender] >= amount, "ledger: too little"
    self.balance_of[msg.sender] -= amount
    self.balance_of[receiver] += amount
    log Transfer(sender=msg.sender, receiver=receiver, amount=amount)

@external
def clear(holder: address):
    self.total -= self.balance_of[holder]
    self.balance_of[holder] = 0

@external
@payable
def pay():
    log Noted(amount=msg.value, note="paid")

@external
def whisper():
    raw_log([], b"hush")
    raw_log([keccak256("unheard of")], b"hush")

@external
def withdraw(amount: uint256):
    send(msg.sender, amount)

@external
def typed_refusal(amount: uint256):
    raw_revert(abi_encode(msg.sender, amount, method_id=method_id("Refused(address,uint256)")))

@external
def bare_refusal():
    raise

@external
def invalid():
    assert self.total == max_value(uint256), UNREACHABLE

@external
def endless():
    for i: uint256 in range(1_000_000):
        self.total = i

@external
def wordy(words: Bytes[4096]):
    self.total = len(words)

@view
@external
def moment() -> (uint256, uint256, uint256):
    return block.number, block.timestamp, chain.id

@view
@external
def refuse_view():
    raise "ledger: no view"

@view
@external
def named() -> (uint256, String[8]):
    return self.total, "ledger"
"""

LOCK = """
event Bumped:
    count: uint256

count: transient(uint256)

@external
def bump() -> uint256:
    self.count += 1
    log Bumped(count=self.count)
    return self.count

@view
@external
def peek() -> uint256:
    return self.count

@external
@nonreentrant
def locked() -> uint256:
    self.count += 1
    return self.count
"""

CHILD = """
event Born:
    parent: address
    number: uint256

number: public(uint256)

@deploy
def __init__(number: uint256):
    self.number = number
    log Born(parent=msg.sender, number=number)
"""

FACTORY = """
event Created:
    child: indexed(address)

last: public(address)

@external
def create(blueprint: address, number: uint256) -> address:
    self.last = create_from_blueprint(blueprint, number)
    log Created(child=self.last)
    return self.last
"""

# A desk hands money and a call back to whoever asks; a caller has to be a contract for that.
DESK = """
interface Caller:
    def called_back(number: uint256) -> uint256: nonpayable

event Asked:
    caller: address
    answer: uint256

@external
@payable
def ask(number: uint256) -> uint256:
    answer: uint256 = extcall Caller(msg.sender).called_back(number)
    log Asked(caller=msg.sender, answer=answer)
    raw_call(msg.sender, b"", value=msg.value)
    return answer

@external
def refuse():
    raise "desk: closed"
"""

CALLER = """
factor: immutable(uint256)
heard: public(uint256)
received: public(uint256)

@deploy
def __init__():
    factor = 3

@external
@payable
def __default__():
    self.received += msg.value

@external
def called_back(number: uint256) -> uint256:
    self.heard = number
    return number * factor
"""

PERMITS = """
DOMAIN: constant(bytes32) = keccak256("EIP712Domain(string name,uint256 chainId)")
PERMIT: constant(bytes32) = keccak256("Permit(uint256 amount)")

@view
@external
def signer(amount: uint256, v: uint8, r: bytes32, s: bytes32) -> address:
    domain: bytes32 = keccak256(abi_encode(DOMAIN, keccak256("Ledger"), chain.id))
    permit: bytes32 = keccak256(abi_encode(PERMIT, amount))
    return ecrecover(keccak256(concat(b"\\x19\\x01", domain, permit)), v, r, s)
"""

BOMB = """
fuse: public(uint256)

@deploy
@payable
def __init__():
    self.fuse = 3

@external
def explode(heir: address):
    selfdestruct(heir)
"""


def compile_contract(name: str, source: str) -> ContractContainer:
    output = vyper.compile_code(
        PRAGMA + source, output_formats=["abi", "bytecode", "bytecode_runtime"]
    )
    contract_type = ContractType.model_validate(
        {
            "contractName": name,
            "abi": output["abi"],
            "deploymentBytecode": {"bytecode": output["bytecode"]},
            "runtimeBytecode": {"bytecode": output["bytecode_runtime"]},
        }
    )
    return ContractContainer(contract_type)


def blueprint_code(container: ContractContainer) -> bytes:
    """Initcode that deploys `container`'s initcode as an ERC-5202 blueprint."""
    stored = b"\xfe\x71\x00" + bytes.fromhex(
        container.contract_type.deployment_bytecode.bytecode[2:]
    )
    return b"\x61" + len(stored).to_bytes(2, "big") + bytes.fromhex("3d81600a3d39f3") + stored
