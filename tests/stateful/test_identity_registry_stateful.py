import pytest

from tests.stateful.machine_identity_registry import IdentityMachine, IdentityStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; seen in one stream of 30 runs: in the comment
FLOORS = {
    "onboard": 15,  # 30
    "onboard refused": 10,  # 27
    "file": 8,  # 21
    "file refused: not trusted": 8,  # 22
    "file refused: not for this topic": 3,  # 8
    "file refused: void claim": 5,  # 14
    "file refused: void issuer nonce": 1,  # 3
    "file refused: not the office's word": 1,  # 1
    "filed again": 2,  # 6
    "claim replaced": 2,  # 5
    "replay refused": 8,  # 22
    "bind": 8,  # 22
    "bind refused": 4,  # 12
    "unbind": 8,  # 23
    "delete": 8,  # 22
    "reinstate": 7,  # 22
    "revoke what is filed": 9,  # 26
    "raise": 6,  # 16
    "issuer removed": 4,  # 12
    "require": 8,  # 23
    "refresh changes": 4,  # 10
    "vouch": 4,  # 11
    "announce": 10,  # 28
    "object": 3,  # 8
    "recover": 8,  # 22
    "recover refused": 10,  # 29
}


@pytest.fixture
def identity_stage(city, accounts, compliance_officer, council_clerk, enforcer, payer):
    return IdentityStage(
        city=city,
        registry=city.identity_registry,
        issuers=(accounts[62], accounts[63]),
        wallets=tuple(accounts[64:72]),
        officer=compliance_officer,
        clerk=council_clerk,
        enforcer=enforcer,
        anybody=payer,
    )


def test_identity_registry_keeps_its_invariants(identity_stage):
    run(IdentityMachine, identity_stage, FLOORS, steps_each=60)
