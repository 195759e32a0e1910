"""What the credit contract does not offer, and what it inherits."""


def test_has_no_owner_no_minter_and_no_free_burn(carbon):
    names = {abi.name for abi in carbon.contract_type.methods}

    assert (
        names
        & {
            "owner",
            "transfer_ownership",
            "renounce_ownership",
            "is_minter",
            "set_minter",
            "safe_mint",
            "safe_mint_batch",
            "burn",
            "burn_batch",
            "set_uri",
        }
        == set()
    )


def test_changes_state_by_these_functions_only(carbon):
    changing = {abi.selector for abi in carbon.contract_type.methods if abi.is_stateful}

    assert changing == {
        "safeTransferFrom(address,address,uint256,uint256,bytes)",
        "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
        "setApprovalForAll(address,bool)",
        "retire(uint256,address,uint256)",
        "retire_for(uint256,address,uint256,address,uint16,bytes32)",
        "register_project(uint256,bytes32)",
        "issue(uint256,address,uint64,uint16,uint64,uint64,bytes32)",
        "pause()",
        "unpause()",
    }
