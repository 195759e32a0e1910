import pytest

from civitas.chain.city import City


@pytest.fixture(scope="module")
def debt(city: City):
    return city.debt_terms


@pytest.fixture
def token(register_asset, create_token):
    """A token of which nobody holds a unit: two decimals."""
    return create_token(register_asset("power plant"), units=10**9, decimals=2)


@pytest.fixture
def lay_down(debt, token, asset_manager):
    """`lay_down(terms)` for the token."""
    return lambda terms: debt.set_terms(token, terms.as_tuple(), b"\x01" * 32, sender=asset_manager)
