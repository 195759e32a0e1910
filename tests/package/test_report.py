import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from plotly.offline import get_plotlyjs

from civitas.report import charts
from civitas.report.money import Currency, Scale, digits, divided, trimmed
from civitas.report.page import page, write_page

KRW, USD, ETH = Currency("KRW", 0), Currency("USD", 6), Currency("ETH", 18)
NASTY = '</script><script>alert("x")</script> & <b>Bob\'s</b>'


def asset(ref, name, code="OFFICE", area=100_00, energy=20_000, value=5_000_000):
    label = {"OFFICE": "Office", "LAND": "Land & water"}[code]
    return {"ref": ref, "name": name, "class": code, "label": label} | {
        "area_dm2": area,
        "energy_kwh": energy,
        "value": value,
    }


def year(**changes):
    money = {"rent_paid": 1_234_567_890, "paid_to_holders": 700_000_000, "claimable": 34_567_889}
    money |= {"treasury": 500_000_000, "held_by_splitters": 1, "held_for_tenants": 7}
    return {
        "city": "Riverton",
        "year": 2027,
        "currency": {"symbol": "USD", "decimals": 6},
        "sources": {"assets": "a.csv", "leases": "l.csv", "investors": "i.csv", "profile": "kr"},
        "from_state": dict(money),
        "from_events": dict(money),
        "claimable_in_whole_units": 34_567_880,
        "assets": {"registered": 3, "by_class": {}, "tokenised": 2, "leased": 1},
        "portfolio": [
            asset("A-1", "Town hall"),
            asset("A-2", "Meadow", "LAND", energy=None),
            asset("A-3", "Mill", energy=2_000_000),
        ],
        "income_by_month": [
            {
                "month": "2027-12",
                "rent": 1_234_567_890,
                "holders": 734_567_889,
                "treasury": 5 * 10**8,
            }
        ],
        "carbon": {"issued": 400_000_000, "retired": 50_000_000, "tradable": 350_000_000}
        | {"certificates": 2},
        "transactions": 1_874,
        "refused_transfers": [
            {"what": "to a frozen account", "asset": "A-1", "code": 4}
            | {"reason": "the receiver is frozen", "error": "ERC7943CannotReceive"}
        ],
        "notes": ["a.csv:2: year_built left blank"],
    } | changes


@pytest.fixture(autouse=True)
def short_plotly(monkeypatch):
    """A page without Plotly's megabytes, which take seconds to parse."""
    monkeypatch.setattr("civitas.report.page.get_plotlyjs", lambda: "/* Plotly */")


class Elements(HTMLParser):
    """Tags with their attributes and scripts' text, as a browser would see them."""

    VOID = {"meta", "br", "img", "link"}

    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.words, self.open = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif data.strip():
            self.words.append(data.strip())

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def seen(figures):
    return Elements(page(figures))


def drawn(figures):
    return json.loads(seen(figures).scripts[0])


# --- money


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [
        (0, 0, "0"),
        (-0, 6, "0.000000"),
        (999, 0, "999"),
        (1_000, 0, "1,000"),
        (50_331_760_000, 0, "50,331,760,000"),
        (1, 6, "0.000001"),
        (75_802_377_705_720, 6, "75,802,377.705720"),
        (-1_234_567, 6, "-1.234567"),
        (-1, 6, "-0.000001"),
        (2**256 - 1, 18)
        + (
            "115,792,089,237,316,195,423,570,985,008,687,907,853,269,984,665,640,564,039,457"
            ".584007913129639935",
        ),
        (10**18 + 1, 18, "1.000000000000000001"),
        (9_007_199_254_740_993, 0, "9,007,199,254,740,993"),  # no binary float holds it
    ],
)
def test_amounts_are_written_to_the_base_unit(amount, decimals, text):
    assert digits(amount, decimals) == text


def test_a_float_is_refused_as_an_amount():
    with pytest.raises(TypeError):
        digits(1.0, 0)
    with pytest.raises(TypeError):
        KRW.short(1e9)
    with pytest.raises(TypeError):
        Scale(0, "KRW").drawn(1.0)


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        (KRW, 0, "KRW 0"),
        (KRW, 999_999, "KRW 999,999"),
        (KRW, 1_000_000, "KRW 1.00 m"),
        (KRW, 50_331_760_000, "KRW 50.33 bn"),
        (KRW, 1_949_130_000_000, "KRW 1.95 tn"),
        (KRW, -2_345_000_000, "KRW -2.35 bn"),
        (KRW, 999_999_999, "KRW 1,000.00 m"),
        (USD, 21, "USD 0.000021"),
        (USD, 1_234_565_000, "USD 1,234.57"),
        (USD, 0, "USD 0.00"),
        (USD, 75_802_377_705_720, "USD 75.80 m"),
        (ETH, 1, "ETH 0.000000000000000001"),
        (ETH, -(10**18), "ETH -1.00"),
    ],
)
def test_short_amounts_say_their_unit_and_hide_nothing(currency, amount, text):
    assert currency.short(amount) == text


def test_quotients_round_half_up():
    assert divided(1, 8, 2) == "0.13"
    assert divided(1, 3, 1) == "0.3"
    assert divided(2, 3, 0) == "1"


def test_only_zeros_after_the_point_are_trimmed():
    assert trimmed("1,950.00") == "1,950"
    assert trimmed("0.50") == "0.5"
    assert trimmed("100") == "100"


def test_a_chart_axis_has_the_unit_of_its_largest_amount():
    scale = Scale.of(USD, 75_802_377_705_720)

    assert scale.title == "USD m"
    assert scale.drawn(75_000_000_000_000) == 75.0
    assert Scale.of(KRW, 0) == Scale(0, "KRW")


# --- page


def test_page_shows_every_key_figure():
    words = seen(year()).words

    for text in ("USD 1,234.57", "USD 1,234.567890", "USD 700.00", "USD 0.000001"):
        assert text in words
    assert "56.70 % of the rent" in words
    assert sum(each.endswith("% of the rent") for each in words) == 3  # not of deposits
    assert "USD 34.567880 can be claimed now, the rest are parts of a base unit" in words
    for label, value in (("Assets leased", "1"), ("Transactions", "1,874")):
        assert words[words.index(label) + 1] == value
    for label, value in (("issued", "4 t"), ("retired", "0.5 t"), ("tradable", "3.5 t")):
        assert words[words.index(f"Carbon {label}") + 1] == value


def test_same_summary_gives_the_same_bytes(tmp_path):
    figures = year()

    write_page(figures, tmp_path / "one.html")
    write_page(copy.deepcopy(figures), tmp_path / "two.html")

    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert figures == year()


def test_page_loads_nothing(monkeypatch):
    monkeypatch.setattr("civitas.report.page.get_plotlyjs", get_plotlyjs)
    html = page(year())
    elements = Elements(html)

    for tag, attributes in elements.tags:
        assert not {"src", "href", "srcset", "data", "action", "poster"} & set(attributes), tag
    assert not elements.of("link")
    own = html.replace(get_plotlyjs(), "")
    assert "http://" not in own and "https://" not in own
    assert "@import" not in own and "url(" not in own
    assert html.count(get_plotlyjs()) == 1


def test_browsers_are_told_to_load_nothing_and_run_these_scripts_only():
    elements = seen(year())
    policy = next(each["content"] for each in elements.of("meta") if "http-equiv" in each)
    _, plotly, draw = elements.scripts

    assert policy.startswith("default-src 'none';")
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in (plotly, draw)]
    assert re.findall(r"'sha256-([^']+)'", policy) == [each.decode() for each in hashes]


def test_text_out_of_files_is_escaped_everywhere():
    figures = year(city=NASTY, notes=[NASTY])
    figures["currency"]["symbol"] = NASTY
    figures["sources"]["assets"] = NASTY
    for row in figures["portfolio"]:
        row |= {"ref": row["ref"] + NASTY, "name": NASTY, "label": NASTY}
    for key in ("what", "asset", "reason", "error"):
        figures["refused_transfers"][0][key] = NASTY

    elements = seen(figures)

    assert len(elements.scripts) == 3
    assert not elements.of("b") and not elements.of("img")
    texts = json.dumps(json.loads(elements.scripts[0]))
    assert "<script" not in texts and "<b>" not in texts  # Plotly reads tags in its texts
    assert NASTY in elements.words


def test_headings_are_in_order_and_charts_have_words():
    elements = seen(year())
    levels = [int(tag[1]) for tag, _ in elements.tags if re.fullmatch("h[1-6]", tag)]
    plots = [each for each in elements.of("div") if each.get("class") == "plot"]
    ids = [attributes["id"] for _, attributes in elements.tags if "id" in attributes]

    assert levels[0] == 1 and set(levels[1:]) == {2}
    assert elements.of("html") == [{"lang": "en"}]
    assert [each["id"] for each in plots] == ["who-received", "by-class", "by-month", "energy"]
    assert all(each["role"] == "img" and each["aria-label"] for each in plots)
    assert len(ids) == len(set(ids))


# --- agreement


def test_agreement_is_said_and_marked():
    html = page(year())

    assert "✓ The books balance." in html
    assert 'role="alert"' not in html
    assert '<tr class="bad">' not in html


def test_disagreement_is_loud_and_names_the_difference():
    figures = year()
    figures["from_events"]["treasury"] -= 7

    html = page(figures)

    assert "✗ THE BOOKS DO NOT BALANCE." in html
    assert 'role="alert"' in html
    assert "treasury: 500000000 by state, 499999993 by events" in html
    assert html.count('<tr class="bad">') == 1
    assert "✗ by 0.000007" in html
    assert "✓ The books balance." not in html


def test_parts_that_do_not_sum_are_loud_too():
    figures = year()
    for side in ("from_state", "from_events"):
        figures[side]["held_by_splitters"] = 0

    assert "✗ THE BOOKS DO NOT BALANCE." in page(figures)


# --- charts


def test_parts_of_the_rent_start_where_the_one_before_ends():
    bars = drawn(year())["who-received"]["data"][0]

    assert bars["base"] == pytest.approx([0, 700, 734.567889, 1234.567889, 0])
    assert bars["x"] == pytest.approx([700, 34.567889, 500, 0.000001, 1234.56789])


def test_class_bars_carry_value_and_count():
    bars = drawn(year())["by-class"]["data"][0]

    assert bars["y"] == ["LAND", "OFFICE"]
    assert bars["hovertext"] == [
        "Land &amp; water<br>USD 5.000000<br>1 asset",
        "Office<br>USD 10.000000<br>2 assets",
    ]


def test_assets_without_energy_are_counted_and_named():
    figures = year()
    figures["portfolio"].append(asset("A-4", "Well", energy=0))

    html = page(figures)

    assert "1 asset without a figure: Meadow." in html
    assert "1 asset used none: Well." in html
    names = drawn(figures)["energy"]["layout"]["yaxis"]["ticktext"]
    assert names == ["Mill", "Town hall"]


def test_only_outliers_make_the_energy_scale_logarithmic():
    close = [asset("A-1", "Town hall"), asset("A-2", "Mill", energy=30_000)]

    assert charts.energy(close).figure.layout.xaxis.type is None
    assert "logarithmic" not in charts.energy(close).caption
    far = [*close, asset("A-3", "Data centre", energy=3_000_000)]
    assert charts.energy(far).figure.layout.xaxis.type == "log"
    assert "The scale is logarithmic." in charts.energy(far).caption


def test_energy_per_square_metre_is_exact_to_its_decimal():
    assert charts.per_m2(asset("A-1", "x", area=100_00, energy=20_005)) == "200.1"
    assert charts.per_m2(asset("A-1", "x", energy=None)) == ""
    assert charts.per_m2(asset("A-1", "x", area=0)) == ""


def test_long_lists_of_names_are_cut():
    rows = [asset("A-0", "Mill"), *(asset(f"B-{n}", f"b{n}", energy=None) for n in range(25))]

    assert charts.energy(rows).caption.endswith("b19 and 5 more.")


def test_more_classes_than_colours_stay_apart():
    rows = [asset("A", "x") | {"class": f"C{number}"} for number in range(20)]

    marks = charts._marks(rows)

    assert len(set(marks.values())) == 20


def test_an_empty_year_renders():
    nothing = dict.fromkeys(year()["from_state"], 0)
    html = page(
        year(
            from_state=nothing,
            from_events=nothing,
            claimable_in_whole_units=0,
            portfolio=[],
            income_by_month=[],
            refused_transfers=[],
            notes=[],
            carbon={"issued": 0, "retired": 0, "tradable": 0, "certificates": 0},
        )
    )

    for words in (
        "No rent was paid.",
        "The city registered no assets.",
        "No asset has an energy figure.",
        "No transfer was refused.",
        "Every row was taken as it stood.",
        "✓ The books balance.",
    ):
        assert words in html
    assert "% of the rent" not in html
