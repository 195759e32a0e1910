"""What machines read of the project is sound, and names only what is there."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()) | {
    ".venv/.ready",
    ".build/.compiled",
}


def read(name):
    return yaml.safe_load((ROOT / name).read_text())


def made(text):
    """The targets of every `make` in a line."""
    return re.findall(r"\bmake ([\w./-]+)", text)


def test_ci_runs_what_contributors_run():
    ci = read(".github/workflows/ci.yml")
    lines = [step["run"] for job in ci["jobs"].values() for step in job["steps"] if "run" in step]

    targets = {target for line in lines for target in made(line)}
    assert targets == {"test", "test-node", "demo"} <= TARGETS
    assert set(made((ROOT / ".ci/run").read_text())) <= targets
    assert ci["permissions"] == {"contents": "read"}
    assert set(ci["jobs"]["test"]["strategy"]["matrix"]["python"]) == {"3.11", "3.12"}


def test_hooks_are_local_and_there():
    (repository,) = read(".pre-commit-config.yaml")["repos"]

    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert set(made(hook["entry"])) <= TARGETS
        for part in shlex.split(hook["entry"]):
            assert not part.startswith("tests/") or (ROOT / part).exists()


def test_the_image_copies_what_is_there():
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    sources = [
        source
        for line in lines
        if line.startswith("COPY")
        for source in shlex.split(line)[1:-1]
        if not source.startswith("--")
    ]

    assert sources and all((ROOT / source).exists() for source in sources)
    assert {target for line in lines for target in made(line)} <= TARGETS
    assert json.loads(lines[-1].removeprefix("CMD ")) == ["make", "demo"]
    users = [line for line in lines if line.startswith("USER")]
    assert users == ["USER civitas"]  # not root


def test_the_node_is_the_one_that_the_tests_use():
    services = read("compose.yml")["services"]
    command = [str(each) for each in services["node"]["command"]]
    conftest = (ROOT / "tests/node/conftest.py").read_text()
    version = json.loads((ROOT / "package.json").read_text())["optionalDependencies"]

    for option in ("--chain-id", "--hardfork", "--accounts"):
        value = command[command.index(option) + 1]
        assert re.search(rf'"{option}", (str\(CHAIN_ID\)|"{value}")', conftest)
    assert f"CHAIN_ID = {command[command.index('--chain-id') + 1]} " in conftest
    assert services["node"]["image"].endswith(f":v{version['@foundry-rs/anvil-linux-amd64']}")
    # Reached from this machine only: its keys are known to everybody.
    assert all(each.startswith("127.0.0.1:") for each in services["node"]["ports"])
    for service in services.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[1].startswith("/civitas/")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs/runbooks").glob("*.md")), ids=lambda p: p.name
)
def test_a_runbook_names_commands_and_files_that_are_there(path):
    text = path.read_text()
    commands = {each.stem for each in (ROOT / "scripts").glob("[a-z]*.py")}

    assert set(re.findall(r"ape run (\w+)", text)) <= commands
    assert set(made(text)) <= TARGETS
    for named in re.findall(r"\bdeployments/[\w./-]+example\.toml", text):
        assert (ROOT / named).exists()
