"""First steps: `python -m infrahub_sdk.testing` starts a local Infrahub, and shows what a program does with it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrahub_sdk import InfrahubClientSync

SCHEMA = {
    "version": "1.0",
    "nodes": [
        {
            "name": "Site",
            "namespace": "Location",
            "human_friendly_id": ["name__value"],
            "attributes": [{"name": "name", "kind": "Text", "unique": True}],
            "relationships": [{"name": "devices", "peer": "DcimDevice", "kind": "Component", "cardinality": "many"}],
        },
        {
            "name": "Device",
            "namespace": "Dcim",
            "human_friendly_id": ["name__value"],
            "attributes": [
                {"name": "name", "kind": "Text", "unique": True},
                {"name": "status", "kind": "Text", "enum": ["planned", "active"], "default_value": "planned"},
            ],
            "relationships": [
                {"name": "site", "peer": "LocationSite", "kind": "Parent", "cardinality": "one", "optional": False}
            ],
        },
    ],
}


def main() -> None:
    """Load a schema, write, branch, merge and read, and print what happened."""
    from infrahub_sdk.testing import LocalInfrahub

    started = time.perf_counter()
    with LocalInfrahub([SCHEMA]) as infrahub:
        client = infrahub.client_sync()
        client.count("LocationSite")
        seconds = time.perf_counter() - started
        say(f"A local Infrahub {client.get_version()} at {infrahub.address}, ready after {seconds:.1f} s.")

        site = client.create("LocationSite", name="atl1")
        devices = [client.create("DcimDevice", name=f"atl1-leaf{number}", site=site) for number in (1, 2, 3)]
        client.save_all([site, *devices])
        say(f"Written: the site {site.name.value}, and {client.count('DcimDevice')} devices in it.")

        client.branch.create("activate", sync_with_git=False)
        leaf = client.get("DcimDevice", hfid=["atl1-leaf1"], branch="activate")
        leaf.status.value = "active"
        leaf.save()
        say(f"On the branch 'activate' {leaf.name.value} is {leaf.status.value}, on 'main' it is {status(client)}.")

        client.branch.merge("activate")
        say(f"After the merge it is {status(client)} on 'main' too.")

        (site,) = client.filters("LocationSite", name__value="atl1", include=["devices"])
        for peer in sorted(site.devices, key=lambda peer: peer.name.value):
            say(f"  {site.name.value}: {peer.name.value} ({peer.status.value})")
        say("That was `python -m infrahub_sdk.testing`. `infrahubctl server start` starts one that stays.")


def status(client: InfrahubClientSync) -> str:
    """The status of the first device on the default branch."""
    leaf = client.get("DcimDevice", hfid=["atl1-leaf1"], populate_store=False)
    return str(leaf.status.value)


def say(text: str) -> None:
    """Print a line."""
    print(text)  # noqa: T201


if __name__ == "__main__":
    try:
        main()
    except ModuleNotFoundError as error:
        sys.exit(str(error))
