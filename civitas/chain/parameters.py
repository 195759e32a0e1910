"""What people decide before a deployment: `params.toml`, checked before anything is sent."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from civitas.chain.roles import OF_CONTRACTS, SEPARATED, Role
from civitas.errors import InputErrors, RowError
from civitas.profiles import Profile
from civitas.profiles.text_file import read_toml

# An address, or a test account of a local network: "test:3".
Account = Annotated[str, StringConstraints(pattern=r"^(0x[0-9a-fA-F]{40}|test:\d{1,3})$")]
FundName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")]
Uri = Annotated[str, StringConstraints(max_length=80)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fund(_Table):
    """A fund that the treasury opens with; a restricted one is never moved into another."""

    name: FundName
    is_restricted: bool


class Uris(_Table):
    """What `tokenURI` begins with; the id follows."""

    deeds: Uri
    credits: Uri
    certificates: Uri


class Orders(_Table):
    """How long an order against a holder waits, stays good, and can be taken back."""

    delay_days: Annotated[int, Field(ge=1, le=365)] = 3
    lifetime_days: Annotated[int, Field(ge=1, le=365)] = 30
    undo_days: Annotated[int, Field(ge=1, le=365)] = 90


class Timelock(_Table):
    """How long what the council decides waits before it can be carried out."""

    delay_hours: Annotated[int, Field(ge=1, le=720)]


class Parameters(_Table):
    """All that a deployment needs to know. `payment_token` "mock" deploys a labelled test token."""

    profile: str
    council: Account
    payment_token: Account | Literal["mock"]
    classes_resolution: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    tax_resolution: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    rents_resolution: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    uris: Uris
    funds: Annotated[tuple[Fund, ...], Field(min_length=1, max_length=32)]
    income_fund: FundName  # where the splitters' treasury share goes
    carbon_signatures: Annotated[int, Field(ge=1, le=8)]  # verifiers that must sign a batch
    orders: Orders = Orders()
    # None: the council itself is the admin. Only where nothing is at stake: on a local network.
    timelock: Timelock | None = None
    # Topics of which an investor needs a claim each; the first carries country and class.
    claim_topics: Annotated[
        tuple[Annotated[int, Field(ge=1, lt=2**40)], ...], Field(min_length=1, max_length=5)
    ] = (1,)
    # Between the announcement that a lost wallet is replaced and the replacement.
    recovery_window_days: Annotated[int, Field(ge=1, le=366)] = 14
    roles: dict[str, tuple[Account, ...]]

    @model_validator(mode="after")
    def _roles_are_possible(self) -> Self:
        held: dict[str, set[Role]] = {}
        for name, accounts in self.roles.items():
            if name not in Role.__members__ or Role[name] in OF_CONTRACTS:
                known = ", ".join(r.name for r in Role if r not in OF_CONTRACTS)
                raise ValueError(f"roles.{name}: no such role; there are {known}")
            for account in accounts:
                held.setdefault(account.lower(), set()).add(Role[name])
        for account, roles in held.items():
            if account == self.council.lower():
                raise ValueError(f"roles: the council {account} is the admin and holds no role")
            for first, second in SEPARATED:
                if first in roles and second in roles:
                    raise ValueError(
                        f"roles: {account} can't be both {first.name} and {second.name}"
                    )
        return self

    @model_validator(mode="after")
    def _verifiers_suffice(self) -> Self:
        verifiers = len(self.roles.get(Role.CARBON_VERIFIER.name, ()))
        if verifiers < self.carbon_signatures:
            raise ValueError(
                f"carbon_signatures: {self.carbon_signatures} must sign, "
                f"there are {verifiers} in roles.CARBON_VERIFIER"
            )
        return self

    @model_validator(mode="after")
    def _funds_are_unique(self) -> Self:
        names = [fund.name for fund in self.funds]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"funds: {', '.join(twice)} appears more than once")
        if self.income_fund not in names:
            raise ValueError(f"income_fund: {self.income_fund} is not one of {', '.join(names)}")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises InputErrors, which name the file and the key."""
        return read_toml(path, cls)

    def load_profile(self, path: Path) -> Profile:
        """The profile that this file (at `path`) names. Raises InputErrors."""
        try:
            return Profile.load(self.profile)
        except InputErrors as error:
            raise InputErrors([RowError(str(path), None, "profile", str(error))]) from error
