"""Which sources a command runs from."""

import subprocess
from functools import cache
from pathlib import Path


@cache
def commit_of(folder: Path) -> str:
    """The commit checked out in a folder, "+changes" behind it where contracts differ from it.

    "unknown" where there is no git or no repository.
    """
    head = _git(folder, "rev-parse", "HEAD")
    if head is None:
        return "unknown"
    changed = _git(folder, "status", "--porcelain", "--", "contracts", "ape-config.yaml", "uv.lock")
    return f"{head}+changes" if changed else head


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 the arguments are ours
            ["git", "-C", folder, *arguments],  # noqa: S607 git is where the user has it
            capture_output=True,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
