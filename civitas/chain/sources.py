"""What a contract is compiled from, as anybody else's compiler takes it."""

from functools import cache
from pathlib import Path
from typing import Any

import snekmate
import vyper
from ape import project
from vyper.compiler.input_bundle import FilesystemInputBundle
from vyper.compiler.output_bundle import OutputBundle
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings
from vyper.utils import get_long_version

COMPILER = f"vyper {vyper.__version__}"
COMPILER_COMMIT = get_long_version()  # as 0.4.3+commit.bff19ea2
OPTIMIZE = "gas"  # Vyper's own default, and Ape's


def evm_version() -> str:
    """The fork that the project compiles for."""
    return str(project.config.vyper.evm_version)


def source_of(contract: str) -> str:
    """The file of a contract, from the project's folder on."""
    return str(project.contracts[contract].contract_type.source_id)


@cache
def standard_input(contract: str) -> dict[str, Any]:
    """A contract's sources and settings as Vyper's standard JSON input.

    Its modules and those of snekmate are in it, under paths that are the same on every machine:
    who compiles it needs nothing but the compiler. Do not change what is returned.
    """
    packages = Path(snekmate.__path__[0]).resolve().parent
    # The packages may be in a virtual environment within the project.
    roots = (packages, Path(project.path).resolve())
    source = source_of(contract)
    # Vyper looks in the last one first.
    files = FilesystemInputBundle([*roots])
    settings = Settings(evm_version=evm_version(), optimize=OptimizationLevel.from_string(OPTIMIZE))
    compiled = CompilerData(files.load_file(Path(source)), files, settings=settings)
    return {
        "language": "Vyper",
        "sources": {
            _inside(roots, Path(each.resolved_path).resolve()): {"content": each.contents}
            for each in OutputBundle(compiled).source_codes.values()
        },
        "settings": {
            "evmVersion": evm_version(),
            "optimize": OPTIMIZE,
            "search_paths": ["."],
            "outputSelection": {
                source: ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]
            },
        },
    }


def creation_code(contract: str) -> bytes:
    """What creates a contract, its constructor's arguments left out."""
    code = project.contracts[contract].contract_type.deployment_bytecode
    return bytes(code.to_bytes())


def runtime_code(contract: str) -> bytes:
    """What a contract's code begins with on the chain; its immutables follow."""
    return bytes(project.contracts[contract].contract_type.runtime_bytecode.to_bytes())


def _inside(roots: tuple[Path, ...], path: Path) -> str:
    root = next(each for each in roots if path.is_relative_to(each))
    return path.relative_to(root).as_posix()
