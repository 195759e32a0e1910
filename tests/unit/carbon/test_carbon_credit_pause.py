import ape


def test_stops_at_the_guardians_word_and_starts_at_the_engineers(carbon, guardian, chain_engineer):
    receipt = carbon.pause(sender=guardian)
    assert carbon.paused() is True
    assert receipt.events == [carbon.Paused(account=guardian)]

    receipt = carbon.unpause(sender=chain_engineer)
    assert carbon.paused() is False
    assert receipt.events == [carbon.Unpaused(account=chain_engineer)]


def test_refuses_the_other_key(carbon, guardian, chain_engineer, esg_officer, stranger):
    for account in (chain_engineer, esg_officer, stranger):
        with ape.reverts("authorized: missing role"):
            carbon.pause(sender=account)

    carbon.pause(sender=guardian)

    for account in (guardian, esg_officer, stranger):
        with ape.reverts("authorized: missing role"):
            carbon.unpause(sender=account)


def test_refuses_to_stop_or_start_twice(carbon, guardian, chain_engineer):
    with ape.reverts("emergency_stop: not paused"):
        carbon.unpause(sender=chain_engineer)

    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        carbon.pause(sender=guardian)
