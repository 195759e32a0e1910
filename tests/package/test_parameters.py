"""What a parameter file may say, and the sentence for what it may not."""

from pathlib import Path

import pytest

from civitas.chain.parameters import Parameters
from civitas.errors import InputErrors

LOCAL = Path("deployments/ethereum/local/params.toml")


@pytest.fixture
def written(tmp_path):
    """Write the local parameters with one replacement, and read them back."""

    def write(old, new):
        text = LOCAL.read_text()
        assert old in text
        path = tmp_path / "params.toml"
        path.write_text(text.replace(old, new, 1))
        return path

    return write


def refusal(path):
    with pytest.raises(InputErrors) as caught:
        Parameters.read(path)
    return str(caught.value).removeprefix(f"{path.as_posix()}: ")


def test_reads_the_local_parameters():
    parameters = Parameters.read(LOCAL)

    assert parameters.council == "test:1"
    assert parameters.roles["TREASURER"] == ("test:9",)
    assert [(fund.name, fund.is_restricted) for fund in parameters.funds] == [
        ("GENERAL", False),
        ("GREEN", True),
    ]


def test_reads_the_example_for_a_public_network():
    example = Parameters.read(Path("deployments/ethereum/sepolia/params.example.toml"))

    assert example.payment_token == "mock"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'CASHIER = ["test:10"]',
            'CASHIER = ["test:9"]',
            "roles: test:9 can't be both TREASURER and CASHIER",
        ),
        (
            'AUDITOR = ["test:11"]',
            'AUDITOR = ["test:2"]',
            "roles: test:2 can't be both AUDITOR and ASSET_MANAGER",
        ),
        (
            'GUARDIAN = ["test:12"]',
            'GUARDIAN = ["test:1"]',
            "roles: the council test:1 is the admin and holds no role",
        ),
        (
            'AUDITOR = ["test:11"]',
            'AUDITER = ["test:11"]',
            "roles.AUDITER: no such role; there are",
        ),
        (
            'AUDITOR = ["test:11"]',
            'TOKEN_FACTORY = ["test:11"]',
            "roles.TOKEN_FACTORY: no such role; there are",
        ),
        ('name = "GREEN"', 'name = "GENERAL"', "funds: GENERAL appears more than once"),
        (
            'income_fund = "GENERAL"',
            'income_fund = "ROADS"',
            "income_fund: ROADS is not one of GENERAL, GREEN",
        ),
        ('council = "test:1"', 'council = "0x12"', "council: "),
        ('council = "test:1"', "", "council: is missing"),
        ('profile = "kr"', 'profile = "kr"\nextra = 1', "extra: is not a known key"),
    ],
)
def test_refuses_with_a_sentence(written, old, new, sentence):
    assert sentence in refusal(written(old, new))


def test_refuses_an_unknown_profile(written):
    path = written('profile = "kr"', 'profile = "atlantis"')

    with pytest.raises(InputErrors, match="profile: atlantis: no such profile; there are kr"):
        Parameters.read(path).load_profile(path)
