"""Where everything is: one committed JSON record for each contract of a network."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from civitas.errors import CivitasError


class Record(BaseModel):
    """One deployed contract. `arguments` are those of the constructor, as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contract: str
    address: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
    transaction: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
    block: Annotated[int, Field(ge=0)]
    deployer: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
    arguments: tuple[str, ...]
    code_hash: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
    # Of the creation code, which has a hash of all its sources in it, comments included.
    creation_hash: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
    compiler: str
    evm_version: str
    optimize: str
    # Of the sources; "+changes" where files differed from it, "unknown" outside a repository.
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}(\+changes)?|unknown)$")]
    params: str


HISTORY = "history"  # folder of the records of contracts that were replaced


class AddressBook:
    """The records of one network, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> Record | None:
        """The record of a contract, or None where there is none yet. Raises CivitasError."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            return None
        try:
            return Record.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise CivitasError(f"{path} is not a deployment record: {error}") from error

    def require(self, name: str) -> Record:
        """The record of a contract that must be there. Raises CivitasError."""
        record = self.get(name)
        if record is None:
            raise CivitasError(
                f"{self.folder / name}.json is missing: run `ape run deploy` for this network first"
            )
        return record

    def put(self, name: str, record: Record) -> Path:
        """Write a record whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.json"
        draft = path.with_suffix(".json.part")
        draft.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        return path

    def history(self, name: str) -> list[Record]:
        """The records of a contract's predecessors, the first one first. Raises CivitasError."""
        past = AddressBook(self.folder / HISTORY)
        found: list[Record] = []
        while record := past.get(f"{name}-{len(found) + 1}"):
            found.append(record)
        return found

    def original(self, name: str) -> Record | None:
        """The record of the contract as it was deployed with the city."""
        return next(iter(self.history(name)), None) or self.get(name)

    def replace(self, name: str, successor: Record) -> None:
        """Put a successor's record in force, and keep the old one as history."""
        count = len(self.history(name)) + 1
        AddressBook(self.folder / HISTORY).put(f"{name}-{count}", self.require(name))
        self.put(name, successor)

    def follow(self, text: str) -> str:
        """A text with the addresses of replaced contracts as those of their successors."""
        for path in sorted((self.folder / HISTORY).glob("*.json")):
            name = path.stem.rpartition("-")[0]
            old = AddressBook(path.parent).require(path.stem)
            text = text.replace(old.address, self.require(name).address)
        return text
