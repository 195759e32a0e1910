"""Breaks the contracts on purpose, a line at a time, and asks for the test that notices.

    python -m tests.stateful.mutants [name ...] [--quick] [--jobs 2]

where a name is that of a file (`security_token`) or of a row in it (`security_token-5`).

A row of `mutants/<stem>.toml` is one mutant:

    [[mutant]]
    file = "contracts/token/income_per_share.vy"
    find = "self._carried[holder] += balance * (index - seen)"
    put = "pass"
    breaks = "INV-INC-2"
    test = "tests/stateful/test_security_token_stateful.py"
    quick = true

`find` is text that stands exactly once in the file, of any number of lines (in a TOML text of
three quotes, with its indentation), and `put` stands in its place. `breaks` is the invariant that
is lost, or the reason in a few words. `test` is a file or a single test. With `quick` the mutant
also runs in the daily suite (`test_mutants.py`); three or four for each machine, about 8 s each.

Each mutant is tried in a folder of its own that holds a copy of the project. It is killed when
its test fails there by an assertion, a refusal that did not come, or one that nobody expected. A
mutant that does not compile, a test that does not start, and a test that fails without a mutant
are errors in the table, not kills.
"""

import argparse
import json
import os
import re
import shutil
import subprocess  # noqa: S404
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree  # noqa: S405

ROOT = Path(__file__).parents[2]
ROWS = Path(__file__).parent / "mutants"
# What a test run needs; the virtual environment is shared.
PARTS = (
    "contracts",
    "tests",
    "civitas",
    "deployments",
    "ape-config.yaml",
    "pyproject.toml",
)
BUILD = ".build/__local__.json"
KILLED, SURVIVED, ERROR, PASSED = "killed", "SURVIVED", "ERROR", "passed"
KILLS = (
    "AssertionError",
    "assert ",  # pytest leaves the name out of a bare one
    "Failed: DID NOT RAISE",
    "ape.exceptions.ContractLogicError",
    "ape_revm.failures.RanOutOfGas",
)
# Set in the process that runs a copy's tests; see `pytest_configure`.
IN_A_COPY = "CIVITAS_MUTANT_COPY"
COMPILE = "import ape; ape.project.load_contracts(use_cache=False)"
IMPORT = re.compile(r"^(?:from (\.*)([\w.]*) )?import ([\w.]+)", re.MULTILINE)


class BadRow(Exception):
    """A row that can't be tried; the message says why."""


@dataclass(frozen=True)
class Mutant:
    stem: str
    number: int
    file: str
    find: str
    put: str
    breaks: str
    test: str
    quick: bool = False

    @property
    def name(self) -> str:
        return f"{self.stem}-{self.number}"

    def apply(self, folder: Path) -> None:
        """Raises BadRow unless the text stands in the file exactly once."""
        path = folder / self.file
        if not path.is_file():
            raise BadRow(f"{self.name}: there is no {self.file}")
        text = path.read_text(encoding="utf-8")
        if (times := text.count(self.find)) != 1:
            raise BadRow(f"{self.name}: `find` stands {times} times in {self.file}")
        path.write_text(text.replace(self.find, self.put), encoding="utf-8")


@dataclass(frozen=True)
class Verdict:
    kind: str
    seen: str  # first line of what the test said
    seconds: float = 0.0

    @property
    def is_killed(self) -> bool:
        return self.kind == KILLED


def read_rows(names: list[str] | None = None, quick: bool = False) -> list[Mutant]:
    """All mutants, the named ones, or the quick ones. Raises BadRow."""
    mutants = []
    for path in sorted(ROWS.glob("*.toml")):
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
        for number, row in enumerate(rows, start=1):
            try:
                mutants.append(Mutant(path.stem, number, **row))
            except TypeError as error:
                raise BadRow(f"{path.name}, row {number}: {error}") from error
    return [
        mutant
        for mutant in mutants
        if (mutant.quick or not quick) and (not names or {mutant.name, mutant.stem} & {*names})
    ]


class Workshop:
    """A folder of copies: one untouched, compiled, whose build the others start from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.untouched = folder / "untouched"
        _copy(ROOT, self.untouched)
        compiling = [sys.executable, "-W", "ignore", "-c", COMPILE]
        subprocess.run(compiling, cwd=self.untouched, check=True)  # noqa: S603

    def check(self, test: str) -> Verdict:
        """Run a test without a mutant: a failure is an error, whatever its kind."""
        verdict = _run(self.untouched, test)
        if verdict.kind == PASSED:
            return verdict
        return Verdict(ERROR, f"fails: {verdict.seen}", verdict.seconds)

    def try_out(self, mutant: Mutant) -> Verdict:
        copy = self.folder / mutant.name
        _copy(self.untouched, copy)
        try:
            mutant.apply(copy)
        except BadRow as error:
            return Verdict(ERROR, str(error))
        _bring_build(self.untouched, copy, without=mutant.file)
        verdict = _run(copy, mutant.test)
        shutil.rmtree(copy)
        return replace(verdict, kind=SURVIVED) if verdict.kind == PASSED else verdict


def _copy(source: Path, target: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info")
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, ignore=ignore)
        else:
            shutil.copy2(source / part, target / part)


def _bring_build(untouched: Path, copy: Path, without: str) -> None:
    """Take over what is compiled, but for what has the changed file in it.

    Ape compiles what is missing. It would not notice the change: it looks at a contract's own file
    only, and the change may stand in a module.
    """
    manifest = json.loads((untouched / BUILD).read_text(encoding="utf-8"))
    changed = {path.relative_to(copy).as_posix() for path in _users_of(copy / without, copy)}
    contracts, sources = manifest["contractTypes"], manifest["sources"]
    manifest["contractTypes"] = {
        name: each for name, each in contracts.items() if each["sourceId"] not in changed
    }
    manifest["sources"] = {name: each for name, each in sources.items() if name not in changed}
    (copy / BUILD).parent.mkdir()
    (copy / BUILD).write_text(json.dumps(manifest), encoding="utf-8")


def _users_of(file: Path, copy: Path) -> set[Path]:
    """The file and all sources that import it, be it through others."""
    sources = [*(copy / "contracts").rglob("*.vy"), *(copy / "contracts").rglob("*.vyi")]
    imports = {source: set(_imported_by(source)) for source in sources}
    users = {file}
    while more := {each for each in sources if imports[each] & users} - users:
        users |= more
    return users


def _imported_by(source: Path) -> Iterator[Path]:
    for dots, module, name in IMPORT.findall(source.read_text(encoding="utf-8")):
        folder = source.parent
        for _ in dots[1:]:
            folder = folder.parent
        path = folder.joinpath(*filter(None, module.split(".")), name)
        yield path.with_suffix(".vy")
        yield path.with_suffix(".vyi")


def _run(folder: Path, *arguments: str) -> Verdict:
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.stateful.mutants"]
    begin = perf_counter()
    done = subprocess.run(  # noqa: S603
        [*command, f"--junitxml={report}", *arguments],
        cwd=folder,
        env=os.environ | {IN_A_COPY: "1"},
        capture_output=True,
        text=True,
    )
    seconds = perf_counter() - begin
    if done.returncode == 0:
        return Verdict(PASSED, "passes", seconds)
    last_words = (done.stdout + done.stderr).strip().splitlines()[-1:]
    if done.returncode != 1 or not report.exists():
        return Verdict(ERROR, f"pytest ended with {done.returncode}: {last_words}", seconds)
    kind, seen = _judged(ElementTree.parse(report))  # noqa: S314
    return Verdict(kind, seen, seconds)


def _judged(report: ElementTree.ElementTree) -> tuple[str, str]:
    if (error := report.find(".//error")) is not None:
        return ERROR, f"{error.get('message')}"
    failure = report.find(".//failure")
    message = "" if failure is None else failure.get("message", "")
    first_line = message.splitlines()[0] if message else "no message"
    return (KILLED if message.startswith(KILLS) else ERROR), first_line


def pytest_configure(config) -> None:
    """As a plugin of a copy's test run: compile only what is missing, and never shrink."""
    if IN_A_COPY not in os.environ:
        return
    from ape.managers.project import LocalProject
    from hypothesis import Phase, settings

    load_contracts = LocalProject.load_contracts
    LocalProject.load_contracts = lambda self, *ids, use_cache=True: load_contracts(self, *ids)
    settings.register_profile(
        "mutant", phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False
    )
    settings.load_profile("mutant")


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the mutants of the contracts.")
    parser.add_argument("names", nargs="*", help="of files in tests/stateful/mutants, or of rows")
    parser.add_argument("--quick", action="store_true", help="only those of the daily suite")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    mutants = read_rows(options.names, options.quick)
    begin = perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        workshop = Workshop(Path(folder))
        for test in sorted({mutant.test for mutant in mutants}):
            verdict = workshop.check(test)
            print(f"without a mutant {test} {verdict.seen}", flush=True)
            if verdict.kind == ERROR:
                return 1
        killed = 0
        with ThreadPoolExecutor(options.jobs) as pool:
            for mutant, verdict in zip(mutants, pool.map(workshop.try_out, mutants), strict=True):
                killed += verdict.is_killed
                print(
                    f"{verdict.kind:<9} {verdict.seconds:5.1f} s  {mutant.name:<20} "
                    f"{mutant.breaks:<40} {verdict.seen[:70]}",
                    flush=True,
                )
    print(f"{killed} of {len(mutants)} killed in {perf_counter() - begin:.0f} s")
    return 0 if killed == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
