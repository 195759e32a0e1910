"""The withholding desk as a token of the city uses it."""

from dataclasses import dataclass
from typing import Any

NATIONAL, LOCAL = 0, 1


@dataclass(frozen=True)
class Desk:
    """A desk, a token that it has admitted, and that token as an account."""

    desk: Any
    token: Any
    asset: Any
    account: Any
    payer: Any

    def send(self, amount):
        """Bring gross income to the desk, as the token does before it calls."""
        self.asset.mint(self.desk, amount, sender=self.payer)

    def pay(self, holder, amount):
        """Send and settle; the receipt."""
        self.send(amount)
        return self.desk.settle(holder, amount, sender=self.account)

    def held(self, kind):
        return self.desk.held(self.asset, kind)

    def account_of(self, kind):
        return tuple(self.desk.tax_account(self.asset, kind))
