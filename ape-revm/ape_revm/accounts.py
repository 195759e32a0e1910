"""Test accounts that send transactions unsigned."""

from functools import lru_cache
from typing import Any

from ape.api.transactions import TransactionAPI
from ape.utils.testing import generate_dev_accounts
from ape_test.accounts import TestAccount

# Deriving keys from the mnemonic takes longer than connecting; every connection wants the same.
dev_accounts = lru_cache(generate_dev_accounts)


class RevmTestAccount(TestAccount):
    """Messages are signed for real, so permits verify; transactions are left as they are.

    A signature would cost more than the rest of the transaction, and only this process could have
    sent it. Ape keeps one list of test accounts for all providers, so an account made here may be
    asked to sign for another chain: there it signs.
    """

    def sign_transaction(self, txn: TransactionAPI, **signer_options: Any) -> TransactionAPI | None:
        if self.provider.name == "revm":
            return txn
        return super().sign_transaction(txn, **signer_options)
