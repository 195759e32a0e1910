"""Statements: what events make of them, their proof, their pages, and `ape run statement`."""

import json
import re
from functools import partial

import pytest
from ape import chain
from eth_utils import to_checksum_address

from civitas import merkle
from civitas.clock import Clock
from civitas.errors import CivitasError
from civitas.figures import Different
from civitas.records import Event
from civitas.statements.page import page, read_page, words
from civitas.statements.statement import (
    NOBODY,
    Asset,
    Frame,
    proven,
    read,
    require_proven,
    require_same,
    root_of,
    statements,
)
from scripts.statement import cli

ALICE, BOB, CAROL = (to_checksum_address("0x" + digit * 40) for digit in "abc")
TOKEN, MONEY, DESK = (to_checksum_address("0x" + digit * 40) for digit in "123")
OFFSET = 540  # {min}
UNITS = 100
NEW_YEAR = 1_798_729_200  # {s} 2027-01-01 in Seoul
END = 1_830_265_200  # {s} 2028-01-01 there


@pytest.fixture
def frame():
    return Frame(
        chain_id=1,
        desk=DESK,
        year=2027,
        clock=Clock(OFFSET),
        assets={MONEY: Asset(address=MONEY, symbol="tKRW", decimals=0)},
        asset_of={TOKEN: MONEY},
    )


def event(at, contract, name, log_index=0, transaction="01", **arguments):
    address = {"SecurityToken": TOKEN, "IncomeDesk": DESK}[contract]
    return Event(at, at, "0x" + transaction * 32, log_index, address, contract, name, arguments)


def transfer(at, sender, receiver, value):
    return event(at, "SecurityToken", "Transfer", sender=sender, receiver=receiver, value=value)


def claimed(at, holder, amount, transaction="01"):
    said = {"holder": holder, "caller": holder, "amount": amount}
    return event(at, "SecurityToken", "IncomeClaimed", 1, transaction, **said)


def paid(at, number, holder, gross, national, local, transaction="01"):
    return event(
        *(at, "IncomeDesk", "IncomePaid", 2, transaction),
        number=number,
        token=TOKEN,
        holder=holder,
        asset=MONEY,
        gross=gross,
        national=national,
        local=local,
        net=gross - national - local,
        deemed_paid_at=at - 5,
        rule_number=3,
    )


EVENTS = (
    transfer(NEW_YEAR - 9, NOBODY, ALICE, 100),
    claimed(NEW_YEAR - 1, ALICE, 777, "02"),  # last year's
    claimed(NEW_YEAR, ALICE, 500, "03"),  # before there was a desk
    transfer(NEW_YEAR + 1, ALICE, BOB, 40),
    claimed(NEW_YEAR + 2, ALICE, 123_456, "04"),
    paid(NEW_YEAR + 2, 1, ALICE, 123_456, 17_280, 1_720, "04"),
    paid(NEW_YEAR + 3, 2, BOB, 7_142, 0, 0, "05"),
    transfer(NEW_YEAR + 4, BOB, CAROL, 40),
    paid(END - 1, 3, ALICE, 7_143, 1_000, 100, "06"),
    paid(END, 4, ALICE, 1_000_000, 140_000, 14_000, "07"),  # next year's
    transfer(END, CAROL, ALICE, 40),
)


@pytest.fixture
def of_year(frame):
    return statements(EVENTS, frame)


def test_a_statement_is_what_the_events_of_the_year_say(of_year):
    alice, bob, carol = of_year

    assert [each.holder for each in of_year] == [ALICE, BOB, CAROL]
    assert [(each.certificate, each.gross, each.net) for each in alice.payments] == [
        (None, "500", "500"),
        (1, "123456", "104456"),
        (3, "7143", "6043"),
    ]
    (total,) = alice.totals
    assert (total.gross, total.national, total.local, total.net) == (
        "131099",
        "18280",
        "1820",
        "110999",
    )
    assert [(each.opening, each.closing) for each in alice.holdings] == [("100", "60")]
    assert [(each.opening, each.closing) for each in bob.holdings] == [("0", "0")]
    assert [(each.opening, each.closing) for each in carol.holdings] == [("0", "40")]
    assert carol.payments == carol.totals == ()


def test_gross_is_net_and_taxes_on_every_line(of_year):
    for each in (line for statement in of_year for line in statement.payments):
        assert int(each.gross) == int(each.net) + int(each.national) + int(each.local)


def test_two_equal_payments_in_a_transaction_are_two(frame):
    twice = [claimed(NEW_YEAR, ALICE, 9), paid(NEW_YEAR, 1, ALICE, 9, 0, 0)] * 2

    (alice,) = statements(twice, frame)

    assert [each.certificate for each in alice.payments] == [1, 1]


def test_refuses_who_has_none_and_a_year_without(frame, of_year):
    with pytest.raises(CivitasError, match="held no units and was paid nothing in 2027"):
        proven(of_year, DESK)
    with pytest.raises(CivitasError, match="there is no statement"):
        root_of(statements([], frame))


@pytest.mark.parametrize("count", range(1, 10))
def test_every_path_leads_to_the_root(count):
    leaves = [merkle.leaf(bytes([number])) for number in range(count)]
    root = merkle.root(leaves)

    for each in leaves:
        steps = merkle.path(leaves, each)
        assert merkle.climb(each, steps) == root
        assert merkle.climb(merkle.leaf(b"another"), steps) != root


def test_a_node_does_not_pass_for_a_leaf():
    left, right = merkle.leaf(b"left"), merkle.leaf(b"right")

    assert merkle.root([left, right]) != merkle.leaf(left + right)


@pytest.mark.parametrize("holder", [ALICE, BOB, CAROL])
def test_is_proven_by_the_root(of_year, holder):
    shown = read(proven(of_year, holder).text())

    require_proven(shown, root_of(of_year))
    require_same(shown, proven(of_year, holder))


def test_one_digit_changed_fails(of_year):
    """H3: every digit of every figure of the statement, one after the other."""
    text, root = proven(of_year, ALICE).text(), root_of(of_year)
    end = text.index('"root"')
    tried = 0
    for match in re.finditer(r"\d", text[:end]):
        digit = str((int(match[0]) + 1) % 10)
        changed = text[: match.start()] + digit + text[match.end() :]
        with pytest.raises((Different, CivitasError)):
            require_proven(read(changed), root)
        tried += 1
    assert tried > 300


def test_names_the_first_difference(of_year):
    text = proven(of_year, ALICE).text().replace('"104456"', '"104457"')

    with pytest.raises(
        Different, match=r"payments\[1\]\.net: the file says 104457, the chain says 104456"
    ):
        require_same(read(text), proven(of_year, ALICE))


def test_a_root_that_is_not_the_posted_one_fails(of_year):
    shown = proven(of_year, ALICE)

    with pytest.raises(Different, match="the posted one is 0x00"):
        require_proven(shown, "0x" + "00" * 32)
    with pytest.raises(Different, match="the file names root 0x00"):
        require_proven(shown.model_copy(update={"root": "0x" + "00" * 32}), root_of(of_year))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"statement": {}}', "nothing", '{"root": 1, "path": []}']
)
def test_refuses_a_file_that_is_no_statement(text):
    with pytest.raises(CivitasError, match="this is no statement"):
        read(text)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_says_all_of_it_in_its_language(of_year, language):
    text = page(proven(of_year, ALICE), language)

    said = words()[language]
    for key in ("payments", "totals", "holdings", "proof", "gross", "national", "local", "net"):
        assert said[key] in text
    for figure in ("tKRW 123,456", "tKRW 17,280", "tKRW 1,720", "tKRW 104,456", "tKRW 131,099"):
        assert figure in text
    assert "2027-01-01" in text and "2027-12-31" in text  # the city's days
    assert read_page(text) == proven(of_year, ALICE)
    assert not re.search(r"https?://|<script|src=", text)


def test_languages_have_the_same_words():
    assert {language: set(said) for language, said in words().items()} == dict.fromkeys(
        ("en", "ko"), set(words()["en"])
    )
    assert words()["ko"] != words()["en"]


@pytest.mark.parametrize("change", [("104,456", "104,457"), ("</main>", "</main>\n"), ("h2", "h3")])
def test_a_changed_page_fails(of_year, change):
    text = page(proven(of_year, ALICE), "ko")
    assert change[0] in text

    with pytest.raises(Different, match="of the page is not as it was written|the page has"):
        read_page(text.replace(*change, 1))


def test_a_text_in_a_symbol_stays_a_text(frame):
    odd = Asset(address=MONEY, symbol="<script>", decimals=0)
    (bob,) = statements(
        [paid(NEW_YEAR, 1, BOB, 5, 0, 0)],
        Frame(1, DESK, 2027, Clock(OFFSET), {MONEY: odd}, {TOKEN: MONEY}),
    )

    assert "<script>" not in page(proven([bob], BOB), "en")


# --- the command


@pytest.fixture
def statement(run_command):
    return partial(run_command, cli)


@pytest.fixture(scope="module")
def paid_city(
    city, register_asset, create_token, verify, asset_manager, council, alice, bob, payer
):
    """A year in which a token of alice's and one of bob's paid them through the desk."""
    verify(alice)
    verify(bob, investor_class=1)
    money, tokens = city.payment_token, {}
    for holder in (alice, bob):
        asset_id = register_asset(f"parcel {holder.address}")
        tokens[holder] = token = create_token(asset_id)
        token.mint(holder, UNITS, sender=asset_manager)
        city.income_desk.admit(asset_id, sender=payer)
        token.set_income_desk(city.income_desk, sender=council)
    for holder, amount in ((alice, 123_456), (bob, 7_142), (alice, 7_143)):
        money.mint(payer, amount, sender=payer)
        money.approve(tokens[holder], amount, sender=payer)
        tokens[holder].deposit_income(money, amount, sender=payer)
        tokens[holder].claim_income(holder, sender=payer)
    return chain.blocks.head.datetime.year


@pytest.fixture
def year(paid_city):
    return paid_city


def test_writes_and_verifies(statement, city, alice, auditor, year, tmp_path):
    out = ("--out", tmp_path)
    first = statement(alice.address, "--year", year, *out)
    assert first.exit_code == 0, first.stderr
    assert "is not posted yet" in first.stdout
    files = {path.suffix: path for path in tmp_path.iterdir()}
    assert len(list(tmp_path.iterdir())) == 3
    said = read(files[".json"].read_text()).statement
    assert [(each.opening, each.closing) for each in said.holdings] == [("0", str(UNITS))]
    assert [(each.gross, each.net) for each in said.payments] == [
        ("123456", "104456"),
        ("7143", "6043"),
    ]
    assert statement("--verify", files[".json"]).exit_code == 2

    posted = statement("--year", year, "--post", "TEST::11", "--yes")

    assert posted.exit_code == 0, posted.stderr
    assert f"statements of {year}, root 0x" in posted.stdout
    again = statement("--year", year, "--post", "TEST::11", "--yes")
    assert "it is posted already" in again.stdout
    for path in tmp_path.iterdir():
        done = statement("--verify", path)
        assert done.exit_code == 0, done.stderr
        assert "as the chain says, and proven by root" in done.stdout


def test_finds_a_changed_digit(statement, city, alice, year, tmp_path):
    statement(alice.address, "--year", year, "--out", tmp_path)
    statement("--year", year, "--post", "TEST::11", "--yes")
    (path,) = tmp_path.glob("*.json")
    said = json.loads(path.read_text())
    assert said["statement"]["payments"][0]["net"] == "104456"
    path.write_text(path.read_text().replace('"104456"', '"104457"', 1))

    done = statement("--verify", path)

    assert done.exit_code == 1
    assert "the statement leads to root" in done.stderr
    for page_path in tmp_path.glob("*.html"):
        text = page_path.read_text()
        page_path.write_text(text.replace("104,456", "104,458", 1))
        assert statement("--verify", page_path).exit_code == 1


def test_finds_a_root_over_other_figures(statement, city, alice, auditor, year, tmp_path):
    """The auditor's root is no proof against the chain's own events."""
    statement(alice.address, "--year", year, "--out", tmp_path)
    (path,) = tmp_path.glob("*.json")
    changed = read(path.read_text().replace('"104456"', '"104457"', 1))
    root = changed.reached()
    path.write_text(changed.model_copy(update={"root": root}).text())
    city.income_desk.post_root(year, root, sender=auditor)

    done = statement("--verify", path)

    assert done.exit_code == 1
    assert "payments[0].net: the file says 104457, the chain says 104456" in done.stderr


def test_says_what_is_missing(statement, alice, stranger, year, tmp_path):
    nothing = tmp_path / "nothing.json"
    nothing.write_text("{}")
    for arguments, said in [
        ((alice.address,), "name the year"),
        (("--year", year), "name the holder"),
        ((stranger.address, "--year", year), "held no units and was paid nothing"),
        (("--year", 1999, "--root"), "there is no statement"),
        (("--verify", nothing), "this is no statement"),
    ]:
        done = statement(*arguments)
        assert done.exit_code == 2
        assert said in done.stderr


def test_only_the_auditor_posts(statement, year):
    done = statement("--year", year, "--post", "TEST::9", "--yes")

    assert done.exit_code == 2
    assert "lacks AUDITOR: sign with an account that the council gave it" in done.stderr


def test_prints_the_root_without_posting(statement, city, year):
    done = statement("--year", year, "--root")

    assert done.exit_code == 0
    assert re.search(r"root 0x[0-9a-f]{64}", done.stdout)
    assert not any(bytes(city.income_desk.root_of(year)))
