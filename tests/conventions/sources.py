"""The contracts as text and as syntax trees."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vyper.ast import nodes
from vyper.ast.parse import parse_to_ast

CONTRACTS = Path("contracts")
HEADING = re.compile(r"^# --- (.*)$")
ROLE_HEADING = re.compile(r"^([A-Z_]+_ROLE)\b")


@dataclass(frozen=True)
class Source:
    path: Path

    def __str__(self):
        return self.path.as_posix()

    @property
    def is_interface(self):
        return self.path.suffix == ".vyi"

    @property
    def is_mock(self):
        return self.path.parent.name == "mocks"

    @property
    def is_deployable(self):
        return not self.is_interface and self.path.stem[0].isupper()

    @property
    def text(self):
        return self.path.read_bytes().decode("ascii")

    @property
    def tree(self):
        return _parse_file(self.path)

    def all(self, kind):
        return self.tree.get_descendants(kind)

    def functions(self):
        return [node for node in self.tree.body if isinstance(node, nodes.FunctionDef)]

    def heading_of(self, function):
        """The last `# ---` comment above a function, or an empty text."""
        above = self.text.splitlines()[: function.lineno]
        found = [match[1] for line in above if (match := HEADING.match(line))]
        return found[-1] if found else ""


@cache
def _parse_file(path):
    return parse(path.read_text(encoding="ascii"), is_interface=path.suffix == ".vyi")


def parse(text, is_interface=False):
    return parse_to_ast(text, is_interface=is_interface)


def is_external(function):
    return any(getattr(each, "id", "") == "external" for each in function.decorator_list)


def called(call):
    """Last part of the name of what is called: `transfer` in `extcall token.transfer(...)`."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def calls_of(node, *names):
    return [call for call in node.get_descendants(nodes.Call) if called(call) in names]


def keywords(call):
    return {keyword.arg: keyword.value for keyword in call.keywords}


def docstring(function):
    return function.doc_string.value if function.doc_string else ""


ALL = [Source(path) for path in sorted(CONTRACTS.rglob("*.vy*"))]
OURS = [each for each in ALL if not each.is_mock]
CODE = [each for each in OURS if not each.is_interface]
DEPLOYABLE = [each for each in CODE if each.is_deployable]
