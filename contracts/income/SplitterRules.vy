# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  SplitterRules
@license AGPL-3.0-only
@notice One version of a waterfall's rules. They are part of the code, so that nobody can change
        them, and that twenty payees are read for the price of one account.
@dev    Created and vouched for by the SplitterFactory. Checked once, on creation.
@custom:kill None: a splitter turns to another version.
"""

from ..interfaces import IRevenueSplitter
from ..interfaces import ISplitterRules
from . import split_words

implements: ISplitterRules

MAX_AMOUNT: constant(uint256) = 2**96

_WORDS: immutable(DynArray[uint256, split_words.MAX_WORDS])


@deploy
def __init__(given: IRevenueSplitter.Rules):
    """
    @param  given  At most 8 tiers, whose names differ and whose shares are at most the whole, and
                   1 to 20 payees, no row twice, whose weights sum to 10_000.
    """
    assert given.quantum != 0, "splitter_rules: no quantum"
    assert convert(given.quantum, uint256) < MAX_AMOUNT, "splitter_rules: quantum too large"
    # What waits is less than a unit per payee, so that it is counted in a few bits.
    assert given.is_rest_to_first or given.quantum == 1, "splitter_rules: quantum would wait"
    assert len(given.payees) != 0, "splitter_rules: no payees"
    header: uint256 = (
        (convert(given.quantum, uint256) << 128) | (len(given.payees) << 8) | len(given.tiers)
    )
    if given.is_rest_to_first:
        header |= split_words.REST_TO_FIRST
    words: DynArray[uint256, split_words.MAX_WORDS] = [header]
    shares: uint256 = 0
    is_past_shares: bool = False
    for tier: IRevenueSplitter.Tier in given.tiers:
        assert tier.name != empty(bytes32), "splitter_rules: no name"
        for i: uint256 in range(
            (len(words) - 1) // split_words.TIER_WORDS, bound=split_words.MAX_TIERS
        ):
            assert (
                words[1 + i * split_words.TIER_WORDS] != convert(tier.name, uint256)
            ), "splitter_rules: tier twice"
        self._check_account(tier.account, tier.purpose)
        kind: uint256 = convert(tier.kind, uint256)
        amount: uint256 = convert(tier.amount, uint256)
        months: uint256 = convert(tier.months, uint256)
        bps: uint256 = convert(tier.bps, uint256)
        if tier.kind == IRevenueSplitter.TierKind.SHARE:
            assert bps != 0 and amount == 0 and months == 0, "splitter_rules: bad share"
            # Behind a cap it would get what one call's income leaves, by whoever chooses the call.
            assert not is_past_shares, "splitter_rules: share behind a cap"
            shares += bps
        else:
            is_past_shares = True
            assert bps == 0, "splitter_rules: bad share"
            assert amount != 0 and amount < MAX_AMOUNT, "splitter_rules: bad amount"
            if tier.kind == IRevenueSplitter.TierKind.CAP:
                assert months == 1 or months == 3 or months == 12, "splitter_rules: bad period"
                header |= split_words.HAS_CAPS
            else:
                assert tier.kind == IRevenueSplitter.TierKind.RESERVE, "splitter_rules: bad kind"
                assert months == 0, "splitter_rules: bad period"
        words.append(convert(tier.name, uint256))
        words.append(convert(tier.account, uint256) | (kind << 160) | (months << 163) | (bps << 167))
        words.append(amount)
        words.append(convert(tier.purpose, uint256))
    assert shares <= split_words.BPS, "splitter_rules: shares above the whole"
    words[0] = header
    first: uint256 = len(words)
    total: uint256 = 0
    for payee: IRevenueSplitter.Payee in given.payees:
        self._check_account(payee.account, payee.purpose)
        assert payee.weight_bps != 0, "splitter_rules: zero weight"
        for i: uint256 in range(
            (len(words) - first) // split_words.PAYEE_WORDS, bound=split_words.MAX_PAYEES
        ):
            at: uint256 = first + i * split_words.PAYEE_WORDS
            assert (
                split_words._account(words[at]) != payee.account
                or words[at + 1] != convert(payee.purpose, uint256)
            ), "splitter_rules: payee twice"
        total += convert(payee.weight_bps, uint256)
        word: uint256 = convert(payee.account, uint256) | (
            convert(payee.weight_bps, uint256) << split_words.WEIGHT_SHIFT
        )
        if payee.purpose != empty(bytes32):
            word |= split_words.HAS_PURPOSE
        words.append(word)
        words.append(convert(payee.purpose, uint256))
    assert total == split_words.BPS, "splitter_rules: weights not 10_000"
    _WORDS = words


# --- views
@external
@view
def words() -> DynArray[uint256, split_words.MAX_WORDS]:
    """
    @notice The rules as `split_words` packs them.
    """
    return _WORDS


@external
@view
def rules() -> IRevenueSplitter.Rules:
    """
    @notice The rules as they were given.
    """
    words: DynArray[uint256, split_words.MAX_WORDS] = _WORDS
    header: uint256 = words[0]
    given: IRevenueSplitter.Rules = IRevenueSplitter.Rules(
        quantum=convert(split_words._quantum(header), uint128),
        is_rest_to_first=header & split_words.REST_TO_FIRST != 0,
        tiers=[],
        payees=[],
    )
    at: uint256 = 1
    for i: uint256 in range(split_words._tiers(header), bound=split_words.MAX_TIERS):
        word: uint256 = words[at + 1]
        given.tiers.append(
            IRevenueSplitter.Tier(
                name=convert(words[at], bytes32),
                kind=convert(split_words._kind(word), IRevenueSplitter.TierKind),
                account=split_words._account(word),
                purpose=convert(words[at + 3], bytes32),
                bps=convert(split_words._tier_bps(word), uint16),
                months=convert(split_words._months(word), uint8),
                amount=convert(words[at + 2], uint128),
            )
        )
        at += split_words.TIER_WORDS
    for i: uint256 in range(split_words._payees(header), bound=split_words.MAX_PAYEES):
        given.payees.append(
            IRevenueSplitter.Payee(
                account=split_words._account(words[at]),
                weight_bps=convert(split_words._weight(words[at]), uint16),
                purpose=convert(words[at + 1], bytes32),
            )
        )
        at += split_words.PAYEE_WORDS
    return given


# --- internal
@internal
@view
def _check_account(account: address, purpose: bytes32):
    assert account != empty(address), "splitter_rules: zero payee"
    if purpose != empty(bytes32):
        assert account.is_contract, "splitter_rules: not a receiver"
