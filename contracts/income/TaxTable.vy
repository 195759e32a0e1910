# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  TaxTable
@license AGPL-3.0-only
@notice Withholding on income as data: rates by class of holder, country, treaty and date.
@dev    A rule is appended and counts from a later second on, so that no answer for a moment that
        has passed ever changes; only a rule that is not in force yet may be replaced. The rule of
        a country goes before that for any country (0). A treaty's rule counts for an investor whose
        form was filed before the moment in question.
        Rounding: each tax is cut down, the national one before the local one is reckoned from it.
        Thresholds and quanta are in {micro}, millionths of a whole unit of the currency, and are
        scaled to the payment token's decimals, up, so that a token without decimals cuts to whole
        units.
        Invariants: INV-TAX-1 (docs/invariants.md).
@custom:kill None: it only answers. The desk can be given another table.
"""

from ..common import authorized
from ..interfaces import ITaxTable

implements: ITaxTable

initializes: authorized

exports: authorized.authority

COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
BPS: constant(uint256) = 10_000
MICRO: constant(uint256) = 10**6
MAX_DECIMALS: constant(uint256) = 18
MAX_RULES: constant(uint256) = 64
# Rules of one key, forms of one investor: what a question may have to look through.
MAX_VERSIONS: public(constant(uint256)) = 100
# Class of an account that no investor stands behind; those of investors are 0 to 255.
UNIDENTIFIED: public(constant(uint256)) = 256
MAX_COUNTRY: constant(uint256) = 999
# {asset} keeps every product inside a word.
MAX_GROSS: constant(uint256) = 2**200

# A rule's word: from 40 | national 16 | local 16 | threshold 64 | quantum 64 | number 32.
_MAX_FROM: constant(uint256) = 2**40 - 1
_MAX_RATE: constant(uint256) = 2**16 - 1
_MAX_MICRO: constant(uint256) = 2**64 - 1
_MAX_NUMBER: constant(uint256) = 2**32 - 1
_NATIONAL_SHIFT: constant(uint256) = 40
_LOCAL_SHIFT: constant(uint256) = 56
_THRESHOLD_SHIFT: constant(uint256) = 72
_QUANTUM_SHIFT: constant(uint256) = 136
_NUMBER_SHIFT: constant(uint256) = 200
# A form's word: from 64 | until 64.
_UNTIL_SHIFT: constant(uint256) = 64
_MAX_TIME: constant(uint256) = 2**64 - 1


struct NewRule:
    holder_class: uint256
    country: uint256  # ISO 3166-1 numeric; 0 for any
    is_treaty: bool
    rule: ITaxTable.Rule


# {1} Of the currency that the table is written for: `withholding` reckons in its base units.
DECIMALS: public(immutable(uint256))

total_rules: public(uint256)
# class, country and treaty -> how many rules, and each from 1 upwards
_count: HashMap[uint256, uint256]
_rules: HashMap[uint256, HashMap[uint256, uint256]]
# investor -> how many forms, and each from 1 upwards
_form_count: HashMap[address, uint256]
_forms: HashMap[address, HashMap[uint256, uint256]]
_form_hashes: HashMap[address, HashMap[uint256, bytes32]]


@deploy
def __init__(
    authority: address,
    decimals: uint256,
    rules: DynArray[NewRule, MAX_RULES],
    resolution: bytes32,
):
    """
    @param  decimals    {1} Of the currency; at most 18.
    @param  rules       Those of the start, which may count for the past; of one key in order of time.
    @param  resolution  Hash of the law or resolution that they follow.
    """
    authorized.__init__(authority)
    assert decimals <= MAX_DECIMALS, "tax_table: too many decimals"
    DECIMALS = decimals
    for each: NewRule in rules:
        self._append(each.holder_class, each.country, each.is_treaty, each.rule, 0, resolution)


# --- COUNCIL_CLERK_ROLE
@external
def set_rule(
    holder_class: uint256,
    country: uint256,
    is_treaty: bool,
    rule: ITaxTable.Rule,
    resolution: bytes32,
) -> uint256:
    """
    @notice Let a rule count from a later second on. One of the same key that is not in force yet
            gives way to it.
    @param  holder_class  Of the profile, or UNIDENTIFIED.
    @param  country       ISO 3166-1 numeric; 0 for any.
    @param  is_treaty     For those of that class and country who filed a form.
    @param  resolution    Hash of the law or resolution; not 0.
    @return Number of the rule, from 1 upwards.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "tax_table: no resolution" | "tax_table: not in the future"
        | "tax_table: bad class or country" | "tax_table: bad rate" | "tax_table: too many rules"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    return self._append(holder_class, country, is_treaty, rule, block.timestamp, resolution)


# --- COMPLIANCE_OFFICER_ROLE
@external
def file_form(identity: address, form_hash: bytes32, valid_until: uint64):
    """
    @notice File an investor's form, by which a treaty's rate counts from the next second on, in
            place of the form before. An empty hash and 0 end that one.
    @param  form_hash    Hash of the form, which the office keeps.
    @param  valid_until  {s} Last second in which it counts.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "tax_table: no investor" | "tax_table: bad form" | "tax_table: too many forms"
        | "tax_table: no form"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert identity != empty(address), "tax_table: no investor"
    until: uint256 = convert(valid_until, uint256)
    assert (form_hash == empty(bytes32)) == (until == 0), "tax_table: bad form"
    assert until == 0 or until > block.timestamp, "tax_table: bad form"
    count: uint256 = self._form_count[identity]
    assert count < MAX_VERSIONS, "tax_table: too many forms"
    assert until != 0 or count != 0, "tax_table: no form"
    old: uint256 = self._forms[identity][count]
    old_hash: bytes32 = self._form_hashes[identity][count]
    self._form_count[identity] = count + 1
    self._forms[identity][count + 1] = (block.timestamp + 1) | (until << _UNTIL_SHIFT)
    self._form_hashes[identity][count + 1] = form_hash
    log ITaxTable.FormFiled(
        identity=identity,
        officer=msg.sender,
        old_hash=old_hash,
        new_hash=form_hash,
        old_valid_until=convert(old >> _UNTIL_SHIFT, uint64),
        new_valid_until=valid_until,
    )


# --- views
@external
@view
def withholding(
    holder_class: uint256, country: uint256, date: uint256, gross: uint256
) -> (uint256, uint256):
    """
    @notice National and local tax on `gross`, in base units of the table's currency, without a form.
    @param  date  {s} When the income is deemed to be paid.
    @custom:reverts "tax_table: no rule" | "tax_table: too much"
    """
    word: uint256 = self._rule_at(empty(address), holder_class, country, date)
    taxes: ITaxTable.Taxes = self._taxes(word, gross, DECIMALS)
    return taxes.national, taxes.local


@external
@view
def withholding_for(
    identity: address,
    holder_class: uint256,
    country: uint256,
    date: uint256,
    gross: uint256,
    decimals: uint256,
) -> ITaxTable.Taxes:
    """
    @notice Taxes on `gross` {asset} of a token with `decimals`; the investor's form is minded.
    @custom:reverts as `withholding` | "tax_table: too many decimals"
    """
    assert decimals <= MAX_DECIMALS, "tax_table: too many decimals"
    return self._taxes(
        self._rule_at(identity, holder_class, country, date), gross, decimals
    )


@external
@view
def rule_at(identity: address, holder_class: uint256, country: uint256, date: uint256) -> (
    ITaxTable.Rule, uint256
):
    """
    @notice The rule for an investor at a moment, and its number; the zero address files no forms.
    @custom:reverts "tax_table: no rule"
    """
    word: uint256 = self._rule_at(identity, holder_class, country, date)
    return self._unpacked(word), word >> _NUMBER_SHIFT


@external
@view
def form_at(identity: address, date: uint256) -> ITaxTable.Form:
    """
    @notice The form of an investor that counts at a moment; all zero where none does.
    """
    place: uint256 = self._form_place(identity, date)
    if place == 0:
        return empty(ITaxTable.Form)
    word: uint256 = self._forms[identity][place]
    return ITaxTable.Form(
        in_force_from=convert(word & _MAX_TIME, uint64),
        valid_until=convert(word >> _UNTIL_SHIFT, uint64),
        form_hash=self._form_hashes[identity][place],
    )


# --- internal
@internal
def _append(
    holder_class: uint256,
    country: uint256,
    is_treaty: bool,
    rule: ITaxTable.Rule,
    after: uint256,
    resolution: bytes32,
) -> uint256:
    """
    @param  after  {s} A moment that the rule must lie behind; what lies behind it may be replaced.
    """
    assert resolution != empty(bytes32), "tax_table: no resolution"
    assert (
        holder_class <= UNIDENTIFIED and country <= MAX_COUNTRY
    ), "tax_table: bad class or country"
    key: uint256 = self._key(holder_class, country, is_treaty)
    place: uint256 = self._count[key]
    last: uint256 = self._rules[key][place]
    replaces_pending: bool = after != 0 and last & _MAX_FROM > after
    since: uint256 = convert(rule.effective_from, uint256)
    # From `after` on, or behind the last rule where that is in force.
    assert since > after and since <= _MAX_FROM, "tax_table: not in the future"
    assert replaces_pending or since > last & _MAX_FROM, "tax_table: not in the future"
    if not replaces_pending:
        assert place < MAX_VERSIONS, "tax_table: too many rules"
        place += 1
        self._count[key] = place
    number: uint256 = self.total_rules + 1
    self.total_rules = number
    self._rules[key][place] = self._packed(rule, number)
    log ITaxTable.RuleSet(
        number=number,
        holder_class=holder_class,
        country=country,
        is_treaty=is_treaty,
        old=self._unpacked(last),
        new=rule,
        replaces_pending=replaces_pending,
        resolution=resolution,
    )
    return number


@internal
@view
def _rule_at(identity: address, holder_class: uint256, country: uint256, date: uint256) -> uint256:
    """
    @notice The rule's word: by treaty, of the country, or of any country, the first that there is.
    """
    word: uint256 = 0
    if identity != empty(address):
        word = self._newest(self._key(holder_class, country, True), date)
        if word != 0 and self._form_place(identity, date) == 0:
            word = 0
    if word == 0:
        word = self._newest(self._key(holder_class, country, False), date)
    if word == 0 and country != 0:
        word = self._newest(self._key(holder_class, 0, False), date)
    assert word != 0, "tax_table: no rule"
    return word


@internal
@view
def _newest(key: uint256, date: uint256) -> uint256:
    """
    @notice The last rule of a key that counts at `date`; 0 where none does.
    """
    count: uint256 = self._count[key]
    for i: uint256 in range(count, bound=MAX_VERSIONS):
        word: uint256 = self._rules[key][count - i]
        if word & _MAX_FROM <= date:
            return word
    return 0


@internal
@view
def _form_place(identity: address, date: uint256) -> uint256:
    """
    @notice Place of the form that counts at `date`; 0 where none does.
    """
    count: uint256 = self._form_count[identity]
    for i: uint256 in range(count, bound=MAX_VERSIONS):
        word: uint256 = self._forms[identity][count - i]
        if word & _MAX_TIME <= date:
            if date <= word >> _UNTIL_SHIFT:
                return count - i
            return 0
    return 0


@internal
@pure
def _taxes(word: uint256, gross: uint256, decimals: uint256) -> ITaxTable.Taxes:
    assert gross <= MAX_GROSS, "tax_table: too much"
    quantum: uint256 = self._scaled((word >> _QUANTUM_SHIFT) & _MAX_MICRO, decimals)
    threshold: uint256 = self._scaled((word >> _THRESHOLD_SHIFT) & _MAX_MICRO, decimals)
    # {asset} = {asset} * {bps} // {bps}, down
    national: uint256 = gross * ((word >> _NATIONAL_SHIFT) & _MAX_RATE) // BPS
    if national < threshold:
        national = 0
    national = self._cut(national, quantum)
    local: uint256 = national * ((word >> _LOCAL_SHIFT) & _MAX_RATE) // BPS
    return ITaxTable.Taxes(
        national=national, local=self._cut(local, quantum), rule_number=word >> _NUMBER_SHIFT
    )


@internal
@pure
def _cut(tax: uint256, quantum: uint256) -> uint256:
    if quantum == 0:
        return tax
    return tax - tax % quantum


@internal
@pure
def _scaled(amount: uint256, decimals: uint256) -> uint256:
    """
    @notice {asset} of {micro}: 10**-6 of a whole unit, up. A whole tax is below a bound exactly when
            it is below the bound rounded up.
    """
    return (amount * 10**decimals + MICRO - 1) // MICRO


@internal
@pure
def _key(holder_class: uint256, country: uint256, is_treaty: bool) -> uint256:
    return holder_class | (country << 16) | (convert(is_treaty, uint256) << 32)


@internal
@pure
def _packed(rule: ITaxTable.Rule, number: uint256) -> uint256:
    national: uint256 = convert(rule.national_bps, uint256)
    local: uint256 = convert(rule.local_bps, uint256)
    # Both taxes together never exceed the income.
    assert national * (BPS + local) <= BPS * BPS, "tax_table: bad rate"
    assert number <= _MAX_NUMBER, "tax_table: too many rules"
    return (
        convert(rule.effective_from, uint256)
        | (national << _NATIONAL_SHIFT)
        | (local << _LOCAL_SHIFT)
        | (convert(rule.threshold, uint256) << _THRESHOLD_SHIFT)
        | (convert(rule.quantum, uint256) << _QUANTUM_SHIFT)
        | (number << _NUMBER_SHIFT)
    )


@internal
@pure
def _unpacked(word: uint256) -> ITaxTable.Rule:
    return ITaxTable.Rule(
        effective_from=convert(word & _MAX_FROM, uint64),
        national_bps=convert((word >> _NATIONAL_SHIFT) & _MAX_RATE, uint16),
        local_bps=convert((word >> _LOCAL_SHIFT) & _MAX_RATE, uint16),
        threshold=convert((word >> _THRESHOLD_SHIFT) & _MAX_MICRO, uint64),
        quantum=convert((word >> _QUANTUM_SHIFT) & _MAX_MICRO, uint64),
    )
