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
    compiler: str
    evm_version: str
    optimize: str
    # Of the sources; "+changes" where files differed from it, "unknown" outside a repository.
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}(\+changes)?|unknown)$")]
    params: str


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
