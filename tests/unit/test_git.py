"""The branch of a checkout, as Git itself lays it out."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.git import active_branch

if TYPE_CHECKING:
    from pathlib import Path


def make_checkout(directory: Path, head: str = "ref: refs/heads/main\n") -> Path:
    (directory / ".git").mkdir(parents=True)
    (directory / ".git" / "HEAD").write_text(head)
    return directory


@pytest.mark.parametrize("branch", ["main", "feature/x", "tjä"])
def test_the_branch_is_what_head_refers_to(tmp_path: Path, branch: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
    assert active_branch(tmp_path) == branch
    assert active_branch(str(tmp_path)) == branch


def test_a_directory_inside_a_checkout_has_its_branch(tmp_path: Path) -> None:
    inside = make_checkout(tmp_path) / "a" / "b"
    inside.mkdir(parents=True)
    assert active_branch(inside) == "main"


def test_the_current_directory_counts_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_checkout(tmp_path))
    assert active_branch() == "main"


def test_the_innermost_checkout_counts(tmp_path: Path) -> None:
    make_checkout(tmp_path)
    assert active_branch(make_checkout(tmp_path / "inner", "ref: refs/heads/inner\n")) == "inner"


def test_a_directory_named_git_without_a_head_is_no_checkout(tmp_path: Path) -> None:
    make_checkout(tmp_path)
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert active_branch(tmp_path / "inner") == "main"


@pytest.mark.parametrize("absolute", [True, False])
def test_a_worktree_has_the_branch_that_its_file_leads_to(tmp_path: Path, absolute: bool) -> None:
    state = tmp_path / "main" / ".git" / "worktrees" / "w"
    state.mkdir(parents=True)
    (state / "HEAD").write_text("ref: refs/heads/w\n")
    worktree = tmp_path / "w"
    worktree.mkdir()
    (worktree / ".git").write_text(f"gitdir: {state if absolute else '../main/.git/worktrees/w'}\n")
    assert active_branch(worktree) == "w"


def test_outside_of_a_checkout_there_is_no_branch_and_none_is_made(tmp_path: Path) -> None:
    assert active_branch(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("95d09f2b10159347eece71399a7e2e907ea3df4f\n", "is on no branch, it is at '95d09f2b"),
        ("ref: refs/remotes/origin/main\n", "is on no branch"),
        ("", "is on no branch"),
        ("ref: refs/heads/.invalid\n", "reftable"),
    ],
)
def test_a_checkout_that_is_on_no_branch_is_an_error(tmp_path: Path, head: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        active_branch(make_checkout(tmp_path, head))


def test_a_directory_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="there is no directory"):
        active_branch(tmp_path / "missing")


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_git_itself_agrees(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *arguments]
        subprocess.run(command, cwd=tmp_path / "main", check=True, capture_output=True)

    (tmp_path / "main").mkdir()
    git("init", "--initial-branch=one")
    git("commit", "--allow-empty", "--message=first")
    git("worktree", "add", "-b", "two", "../worktree")
    git("checkout", "-b", "three/3")
    assert [active_branch(tmp_path / name) for name in ("main", "worktree")] == ["three/3", "two"]
    git("checkout", "--detach")
    with pytest.raises(ValidationError, match="is on no branch"):
        active_branch(tmp_path / "main")
