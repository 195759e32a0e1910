"""Measures everything and writes the files: `make gas`, which is `python -m tests.gas`."""

import ape
from ape.logging import LogLevel, logger

from tests.gas.measurements import GAS_FILE, SIZES_FILE, differences, measure, read, write


def main() -> None:
    logger.set_level(LogLevel.WARNING)
    # Not from the cache, which does not notice that only an imported module has changed.
    ape.project.load_contracts(use_cache=False)
    measured = measure()
    for file, figures in ((GAS_FILE, measured.gas), (SIZES_FILE, measured.sizes)):
        changes = differences(read(file), figures) if file.exists() else []
        write(file, figures)
        print("\n".join([f"{file.name}: {len(figures)} figures", *changes]))


if __name__ == "__main__":
    main()
