"""Which branch a Git checkout is on, read from its files: neither Git nor a library is needed."""

from __future__ import annotations

from pathlib import Path

from infrahub_sdk.exceptions import ValidationError

__all__ = ["active_branch"]

_HEADS = "refs/heads/"


def active_branch(directory: str | Path = ".") -> str | None:
    """The branch that is checked out.

    Args:
        directory: The checkout, or a directory in it.

    Returns:
        The branch, or None if the directory is in no checkout.

    Raises:
        ValidationError: The directory does not exist, or its checkout is on no branch.
    """
    start = Path(directory)
    if not start.is_dir():
        raise ValidationError("directory", f"there is no directory {str(directory)!r}.")
    place = start.resolve()
    for parent in (place, *place.parents):
        head = _git_directory(parent / ".git") / "HEAD"
        if head.is_file():
            return _branch(head.read_text(encoding="utf-8", errors="replace").strip(), parent)
    return None


def _git_directory(path: Path) -> Path:
    """Where the state of a checkout is; worktrees and submodules have a file `.git` that says where."""
    if not path.is_file():
        return path
    text = path.read_text(encoding="utf-8", errors="replace")
    return path.parent / text.partition("gitdir:")[2].strip()


def _branch(head: str, checkout: Path) -> str:
    reference = head.partition("ref:")[2].strip()
    name = reference[len(_HEADS) :] if reference.startswith(_HEADS) else ""
    if name == ".invalid":  # what HEAD says where references are kept in a "reftable", gitrepository-layout(5)
        raise ValidationError("branch", f"the references of {checkout} are in Git's reftable format. Name the branch.")
    if not name:
        raise ValidationError(
            "branch", f"the checkout {checkout} is on no branch, it is at {head[:40]!r}. Name the branch."
        )
    return name
