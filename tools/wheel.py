"""Builds the wheel and tries it: alone in an empty environment every module is importable, and the unit tests pass.

python tools/wheel.py DIRECTORY [ARGUMENTS FOR PYTEST]    the directory is emptied first; needs the package `build`
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What an empty environment may hold beside the wheel.
ALLOWED = {"infrahub_sdk", "typing_extensions", "pip", "setuptools"}

IMPORT_EVERYTHING = """
import pkgutil, infrahub_sdk
names = [module.name for module in pkgutil.walk_packages(infrahub_sdk.__path__, "infrahub_sdk.")]
names = [name for name in names if not name.startswith("infrahub_sdk.testing.")]  # which needs an extra
for name in names:
    __import__(name)
print(f"{len(names)} modules imported.")
"""


def build(directory: Path) -> Path:
    """The one wheel, built from the source distribution so that what is missing there is missed here."""
    run(sys.executable, "-m", "build", "--outdir", str(directory), str(ROOT))
    (wheel,) = directory.glob("*.whl")
    if not wheel.name.endswith("-py3-none-any.whl"):
        raise SystemExit(f"{wheel.name} is not for every Python 3 and every platform.")
    return wheel


def install(wheel: Path, directory: Path) -> Path:
    """An environment with the wheel and what it requires.

    Returns:
        Its interpreter.
    """
    venv.create(directory, with_pip=True)
    python = directory / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(str(python), "-m", "pip", "install", "--quiet", str(wheel))
    freeze = subprocess.run(
        [str(python), "-m", "pip", "list", "--format", "freeze"], check=True, capture_output=True, text=True
    ).stdout
    others = {line.partition("==")[0].replace("-", "_") for line in freeze.splitlines()} - ALLOWED
    if others:
        raise SystemExit(f"{wheel.name} brings along: {', '.join(sorted(others))}.")
    return python


def test(python: Path, directory: Path, arguments: list[str]) -> None:
    """Run the unit tests on the installed package; the one beside the tests stays out of the way."""
    run(str(python), "-m", "pip", "install", "--quiet", "-r", str(ROOT / "tests" / "requirements.txt"))
    find = "import infrahub_sdk; print(*infrahub_sdk.__path__)"
    package = subprocess.run([str(python), "-I", "-c", find], check=True, capture_output=True, text=True).stdout.strip()
    pytest = [
        str(python.with_name("pytest")),
        "-n=auto",
        "--import-mode=append",
        f"--rootdir={ROOT}",
        "-c",
        str(ROOT / "setup.cfg"),
    ]
    run(
        *pytest,
        *(arguments or [str(ROOT / "tests" / "unit")]),
        cwd=directory,
        env={**os.environ, "TESTED_PACKAGE": package},
    )


def run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run a command and leave with its exit code if it fails."""
    code = subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    if code:
        raise SystemExit(code)


def main(directory: str, *arguments: str) -> None:
    """Build, install, import, test."""
    work = Path(directory).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    python = install(build(work / "dist"), work / "env")
    run(str(python), "-I", "-W", "error", "-c", IMPORT_EVERYTHING)
    test(python, work, list(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
