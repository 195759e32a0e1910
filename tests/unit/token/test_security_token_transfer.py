import ape


def test_moves_units_between_verified_investors(register_asset, create_token, verify, asset_manager, alice, bob):
    verify(alice, bob)
    token = create_token(register_asset("parcel 1"))
    token.mint(alice, 100, sender=asset_manager)

    receipt = token.transfer(bob, 30, sender=alice)

    assert (token.balanceOf(alice), token.balanceOf(bob), token.totalSupply()) == (70, 30, 100)
    assert receipt.events == [token.Transfer(sender=alice, receiver=bob, value=30)]
