"""Derive the synchronous facades from the asynchronous ones, so that each is written once.

    python tools/twins.py            write the files
    python tools/twins.py --check    fail when one is stale, or when a row of the tables is of no use

A facade holds signatures, docstrings and one line of body a method, so a table of names and leaving out `async` and
`await` is all that it takes. The result is checked in: editors, type checkers and tracebacks see plain code.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FILES = {
    "infrahub_sdk/batch.py": "infrahub_sdk/batch_sync.py",
    "infrahub_sdk/branch.py": "infrahub_sdk/branch_sync.py",
    "infrahub_sdk/client.py": "infrahub_sdk/client_sync.py",
    "infrahub_sdk/node/node.py": "infrahub_sdk/node/node_sync.py",
    "infrahub_sdk/node/related_node.py": "infrahub_sdk/node/related_node_sync.py",
    "infrahub_sdk/node/relationship.py": "infrahub_sdk/node/relationship_sync.py",
    "infrahub_sdk/schema/manager.py": "infrahub_sdk/schema/manager_sync.py",
    "infrahub_sdk/store.py": "infrahub_sdk/store_sync.py",
    "tests/integration/test_batches.py": "tests/integration/test_batches_sync.py",
    "tests/integration/test_branches.py": "tests/integration/test_branches_sync.py",
    "tests/integration/test_nodes.py": "tests/integration/test_nodes_sync.py",
    "tests/integration/test_reading.py": "tests/integration/test_reading_sync.py",
    "tests/integration/test_writing.py": "tests/integration/test_writing_sync.py",
    "tests/unit/schema/test_manager.py": "tests/unit/schema/test_manager_sync.py",
    "tests/unit/test_batch.py": "tests/unit/test_batch_sync.py",
    "tests/unit/test_save_all.py": "tests/unit/test_save_all_sync.py",
    "tests/unit/test_branch.py": "tests/unit/test_branch_sync.py",
    "tests/unit/test_client.py": "tests/unit/test_client_sync.py",
    "tests/unit/test_faults.py": "tests/unit/test_faults_sync.py",
    "tests/unit/test_saving.py": "tests/unit/test_saving_sync.py",
    "tests/unit/test_saving_peers.py": "tests/unit/test_saving_peers_sync.py",
    "tests/unit/test_reading.py": "tests/unit/test_reading_sync.py",
}

NAMES = {
    "AsyncFacade": "SyncFacade",
    "AsyncGenerator": "Generator",
    "AsyncGenerator[InfrahubNode, None]": "Generator[InfrahubNodeSync, None, None]",
    "AsyncGenerator[SchemaType, None]": "Generator[SchemaTypeSync, None, None]",
    "AsyncGenerator[tuple[Any, Any], None]": "Generator[tuple[Any, Any], None, None]",
    "BatchTask": "BatchTaskSync",
    "CoreNode": "CoreNodeSync",
    "InfrahubBatch": "InfrahubBatchSync",
    "InfrahubBranchManager": "InfrahubBranchManagerSync",
    "InfrahubClient": "InfrahubClientSync",
    "InfrahubNode": "InfrahubNodeSync",
    "InfrahubSchema": "InfrahubSchemaSync",
    "NodeStore": "NodeStoreSync",
    "PeerT": "PeerTSync",
    "RelatedNode": "RelatedNodeSync",
    "RelationshipAttribute": "RelationshipAttributeSync",
    "RelationshipManager": "RelationshipManagerSync",
    "SchemaType": "SchemaTypeSync",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "asynchronous": "synchronous",
    "infrahub_sdk.batch": "infrahub_sdk.batch_sync",
    "infrahub_sdk.branch": "infrahub_sdk.branch_sync",
    "infrahub_sdk.client": "infrahub_sdk.client_sync",
    "infrahub_sdk.node.node": "infrahub_sdk.node.node_sync",
    "infrahub_sdk.node.related_node": "infrahub_sdk.node.related_node_sync",
    "infrahub_sdk.node.relationship": "infrahub_sdk.node.relationship_sync",
    "infrahub_sdk.schema.manager": "infrahub_sdk.schema.manager_sync",
    "infrahub_sdk.store": "infrahub_sdk.store_sync",
    "whose calls to the server are awaited": "whose calls to the server block",
}

_LONGEST_FIRST = sorted(NAMES, key=len, reverse=True)
_NAME = re.compile(
    rf"(?<![\w.])(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?!\w|\.\w+ import)|(?<=[\w.])__a(?:enter|exit)__"
)
# What stays out of the twin: a block between two comments, or a line that ends in one.
_ONLY_HERE = re.compile(r"^# Only here:(?s:.*?)^# Until here\.\n|^.*\S  # Only here: .*\n", re.MULTILINE)
_ASYNC = re.compile(r"\basync (?=def|for|with)|\bawait ")


def derive(source: str, origin: str, used: set[str]) -> str:
    """The synchronous text of an asynchronous one.

    Args:
        source: The text.
        origin: Where it comes from, for the first line.
        used: Gathers the rows of the table that were of use.
    """

    def replace(match: re.Match[str]) -> str:
        used.add(match.group())
        return NAMES[match.group()]

    body = _ASYNC.sub("", _NAME.sub(replace, _ONLY_HERE.sub("", source)))
    return _formatted(f"# Made from {origin} by tools/twins.py; change that one.\n{body}")


def _formatted(text: str) -> str:
    for command in (["check", "--select", "I", "--fix", "--quiet"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(ROOT / "infrahub_sdk" / "twin.py"), "-"],
            input=text, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return text


def main(arguments: list[str]) -> int:
    """Write the twins, or check them."""
    used: set[str] = set()
    stale = []
    for source, target in FILES.items():
        text = derive((ROOT / source).read_text(), Path(source).name, used)
        path = ROOT / target
        if "--check" not in arguments:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(f"{target} is not what {source} gives; run `python tools/twins.py`.")
    unused = [f"The row {name!r} of NAMES is of no use." for name in sorted(NAMES.keys() - used)]
    print("\n".join(stale + unused) or "The twins are in step.")
    return 1 if stale or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
