"""No text of a user's gets on the chain: it may be personal, unlawful or misleading, and for ever.

Whatever text there is comes from the city's own staff when a contract is made, or is handed on to
a receiver without being kept.
"""

import pytest
from ape import project

from .sources import DEPLOYABLE

# contract -> function -> parameters; the constructor is "constructor"
ALLOWED = {
    "AssetRegistry": {
        "constructor": {"base_uri"},
        "safeTransferFrom": {"data"},  # ERC-721, handed on
    },
    "CarbonCredit": {
        "constructor": {"base_uri", "certificate_base_uri"},
        "mintCredit": {"metadata"},  # ERC-8393; only its figures are read
        "safeTransferFrom": {"data"},  # ERC-1155, handed on
        "safeBatchTransferFrom": {"data"},
    },
    "CarbonRegistry": {
        "constructor": {"base_uri", "certificate_base_uri"},
        "issue": {"signatures"},  # checked, not kept
    },
    "IdentityRegistry": {  # signatures: checked, not kept
        "onboard": {"claim_signature", "binding_signature"},
        "file_claims": {"signed_claims"},
        "onboard_batch": {"onboardings"},
        "bind_wallet": {"signature"},
        "announce_recovery": {"signature"},
    },
    "MeterRegistry": {"record": {"readings"}},  # their signatures: checked, not kept
    "RetirementCertificate": {
        "constructor": {"base_uri"},
        "safeTransferFrom": {"data"},  # refused
    },
    "SecurityToken": {
        "constructor": {"token_name", "token_symbol"},
        "setName": {"new_name"},  # the council's, as the first one
        "setSymbol": {"new_symbol"},
    },
    # Calls that the council proposes, for everybody to see.
    "Timelock": {"schedule": {"payload"}, "execute": {"payload"}},
    "TokenExtension": {"setDocument": {"uri"}},  # ERC-1643, refused
    "TokenFactory": {"create_token": {"name", "symbol"}},
}

# contract -> event -> fields: what the council named, as ERC-3643 logs it, and what it proposes
LOGGED = {
    "SecurityToken": {"UpdatedTokenInformation": {"name", "symbol", "version"}},
    "Timelock": {"CallScheduled": {"payload"}, "CallExecuted": {"payload"}},
}

every_contract = pytest.mark.parametrize("name", [source.path.stem for source in DEPLOYABLE])


def _texts(inputs):
    """Names of the parameters that are, or contain, a text."""
    return {
        each.name
        for each in inputs
        if each.type.startswith("string")
        or each.type.removesuffix("[]") == "bytes"
        or _texts(each.components or [])
    }


@every_contract
def test_takes_no_text_but_what_is_allowed(name):
    contract = project.contracts[name].contract_type
    found = {}
    for method in [contract.constructor, *contract.mutable_methods]:
        if texts := _texts(method.inputs):
            key = getattr(method, "name", "constructor")
            found[key] = found.get(key, set()) | texts

    assert found == ALLOWED.get(name, {})


@every_contract
def test_logs_no_text(name):
    contract = project.contracts[name].contract_type
    found = {event.name: texts for event in contract.events if (texts := _texts(event.inputs))}

    assert found == LOGGED.get(name, {})
