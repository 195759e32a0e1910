"""What every source file looks like, and what none of them contains."""

import re

import pytest
from vyper.ast import nodes

from .sources import (
    ALL,
    CODE,
    DEPLOYABLE,
    OURS,
    ROLE_HEADING,
    called,
    calls_of,
    docstring,
    is_external,
    keywords,
    parse,
)

every_file = pytest.mark.parametrize("source", ALL, ids=str)
every_file_of_ours = pytest.mark.parametrize("source", OURS, ids=str)
every_code_file = pytest.mark.parametrize("source", CODE, ids=str)
every_deployable = pytest.mark.parametrize("source", DEPLOYABLE, ids=str)


def test_there_are_sources_to_look_at():
    assert {"Authority", "Lease", "SecurityToken"} <= {each.path.stem for each in DEPLOYABLE}
    assert len(CODE) > len(DEPLOYABLE)
    assert len(ALL) > len(OURS) > len(CODE)


def test_has_one_file_for_each_stem():
    stems = [source.path.stem.lower() for source in ALL]

    assert sorted(stems) == sorted(set(stems))


@every_file
def test_is_ascii_with_plain_line_ends(source):
    """Other characters shift line numbers inside the compiler (CVE-2026-114116, -114114)."""
    text = source.path.read_bytes()

    assert {byte for byte in text if not 32 <= byte < 127} <= {ord("\n")}
    assert text.endswith(b"\n")


@every_file
def test_names_its_compiler(source):
    assert source.text.startswith("# pragma version 0.4.3\n")
    assert source.text.count("pragma version") == 1


@every_code_file
def test_locks_its_functions(source):
    """The pragma is per file: a host's does not reach the modules it exports from."""
    assert source.text.splitlines()[1] == "# pragma nonreentrancy on"
    assert source.text.count("pragma nonreentrancy") == 1


@every_file
def test_names_itself_and_its_licence(source):
    header = docstring(source.tree)

    assert re.findall(r"@title +(\S+)", header) == [source.path.stem]
    assert re.findall(r"@license +(.*)", header) == ["AGPL-3.0-only"]
    assert header.count("@notice") == 1


@every_deployable
def test_says_how_it_is_shut_down(source):
    header = docstring(source.tree)

    assert len(re.findall(r"^@custom:kill \S", header, re.MULTILINE)) == 1


@every_file
def test_has_nothing_left_to_do(source):
    assert re.findall(r"TODO|FIXME|XXX|HACK", source.text) == []


# What passes unknown calls on, to an immutable contract of the city's own (docs/adr/0023).
FALLBACK = {
    "contracts/token/SecurityToken.vy": (
        ["raw_return"],
        ["raw_call(EXTENSION, msg.data, max_outsize=2_048)"],
    )
}


@every_file_of_ours
def test_has_no_dangerous_word(source):
    words = (
        r"unsafe_\w+|delegatecall|is_delegate_call|selfdestruct|raw_return|raw_create|pow_mod256"
        r"|create_minimal_proxy_to|create_copy_of|tx\.origin|experimental|enable-decimals"
    )

    allowed, _ = FALLBACK.get(str(source), ([], []))
    assert re.findall(words, source.text) == allowed


def ternaries(tree):
    """All but those over names and literals alone."""
    plain = (nodes.Name, nodes.Constant)
    return [
        each
        for each in tree.get_descendants(nodes.IfExp)
        if not all(isinstance(part, plain) for part in (each.test, each.body, each.orelse))
    ]


def offsets(tree):
    """Creations from a blueprint at any offset but a literal 3."""
    return [
        call
        for call in calls_of(tree, "create_from_blueprint")
        if not isinstance(keywords(call).get("code_offset"), nodes.Int)
        or keywords(call)["code_offset"].value != 3
    ]


def silent_successes(tree):
    """Calls that make any address without code answer yes."""
    forbidden = {"default_return_value", "skip_contract_check"}
    return [call for call in tree.get_descendants(nodes.Call) if forbidden <= keywords(call).keys()]


def unbounded_raw_calls(tree):
    """Calls that may burn all gas, or take the caller down."""
    wanted = {"gas", "revert_on_failure"}
    return [call for call in calls_of(tree, "raw_call") if not wanted <= keywords(call).keys()]


def hashed_concatenations(tree):
    """Hashes of texts put together: "a" + "bc" and "ab" + "c" have one hash."""
    return [call for call in calls_of(tree, "keccak256", "sha256") if calls_of(call, "concat")]


SAMPLES = {
    ternaries: [
        ("x: uint256 = a if b else c", 0),
        ("x: uint256 = a if b else 7", 0),
        ("x: uint256 = (a | 6) if b else 0", 1),
        ("x: uint256[2] = [1, 2] if b else c", 1),
        ("x: uint256 = a if b == c else 7", 1),
    ],
    offsets: [
        ("x: address = create_from_blueprint(a, code_offset=3)", 0),
        ("x: address = create_from_blueprint(a)", 1),
        ("x: address = create_from_blueprint(a, code_offset=b)", 1),
        ("x: address = create_from_blueprint(a, code_offset=0)", 1),
    ],
    silent_successes: [
        ("x: bool = extcall a.transfer(b, c, default_return_value=True)", 0),
        (
            "x: bool = extcall a.transfer(b, default_return_value=True, skip_contract_check=True)",
            1,
        ),
    ],
    unbounded_raw_calls: [
        ("raw_call(a, b, gas=c, revert_on_failure=False)", 0),
        ("raw_call(a, b, revert_on_failure=False)", 1),
        ("raw_call(a, b)", 1),
    ],
    hashed_concatenations: [
        ("x: bytes32 = keccak256(abi_encode(a, b))", 0),
        ("x: bytes32 = keccak256(concat(a, b))", 1),
        ("x: bytes32 = keccak256(abi_encode(concat(a, b)))", 1),
    ],
}


@every_code_file
@pytest.mark.parametrize("flaws", SAMPLES, ids=lambda flaws: flaws.__name__)
def test_has_none_of_these(source, flaws):
    """A bit operation or an array in a ternary is miscompiled (CVE-2026-114117, -114115), a huge
    blueprint offset deploys empty code (CVE-2026-114118)."""
    _, calls = FALLBACK.get(str(source), ([], []))
    allowed = calls if flaws is unbounded_raw_calls else []
    assert [flaw.node_source_code for flaw in flaws(source.tree)] == allowed


@pytest.mark.parametrize(
    ("flaws", "line", "count"),
    [(flaws, line, count) for flaws, samples in SAMPLES.items() for line, count in samples],
)
def test_finds_what_it_looks_for(flaws, line, count):
    assert len(flaws(parse(f"def sample():\n    {line}\n"))) == count


@every_code_file
def test_gives_every_reason_in_the_house_form(source):
    """`file_stem: what is wrong`, by the module or contract that knows."""
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", source.path.stem).lower()

    assert [each for each in reasons_of(source) if not each.startswith(f"{stem}: ")] == []
    assert [each for each in reasons_of(source) if len(each) > 64] == []


def reasons_of(source):
    messages = [node.msg for node in source.all(nodes.Assert)]
    messages += [node.exc for node in source.all(nodes.Raise)]
    return [message.value for message in messages if isinstance(message, nodes.Str)]


# --- roles


def _role_of_check(statement):
    """X_ROLE where a statement is `..._check_role(X_ROLE, msg.sender)`, else None."""
    call = getattr(statement, "value", None)
    if not isinstance(statement, nodes.Expr) or not isinstance(call, nodes.Call):
        return None
    if called(call) != "_check_role" or call.args[1].node_source_code != "msg.sender":
        return None
    return getattr(call.args[0], "attr", None) or call.args[0].id


def _externals():
    for source in CODE:
        for function in source.functions():
            if is_external(function):
                yield pytest.param(source, function, id=f"{source}:{function.name}")


@pytest.mark.parametrize(("source", "function"), _externals())
def test_checks_the_role_first_and_says_so(source, function):
    """The heading, the first statement and the documentation name one role, or none does."""
    first, *rest = function.body
    role = _role_of_check(first)
    heading = ROLE_HEADING.match(source.heading_of(function))

    assert re.findall(r"@custom:role +(\S+)", docstring(function)) == ([role] if role else [])
    assert [each for each in map(_role_of_check, rest) if each] == []
    if source.is_deployable:
        assert (heading and heading[1]) == role


def test_finds_the_role_checks_it_looks_for():
    found = [_role_of_check(each.values[1].body[0]) for each in _externals()]

    assert len([role for role in found if role]) >= 30
