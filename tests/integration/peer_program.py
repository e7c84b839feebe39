"""What a program of `infrahub-sdk` 1.23 does, run with that package: ADDRESS TOKEN in, what it saw out, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync

ADDRESS, TOKEN = sys.argv[1:]
SCHEMA = {
    "version": "1.0",
    "nodes": [
        {
            "name": "Site",
            "namespace": "Peer",
            "human_friendly_id": ["name__value"],
            "attributes": [{"name": "name", "kind": "Text", "unique": True}],
        },
        {
            "name": "Device",
            "namespace": "Peer",
            "human_friendly_id": ["name__value"],
            "attributes": [
                {"name": "name", "kind": "Text", "unique": True},
                {"name": "height", "kind": "Number", "default_value": 1},
                {"name": "status", "kind": "Dropdown", "choices": [{"name": "active"}], "optional": True},
            ],
            "relationships": [
                {"name": "site", "peer": "PeerSite", "cardinality": "one", "optional": False},
                {"name": "tags", "peer": "BuiltinTag", "cardinality": "many"},
            ],
        },
    ],
}


def sync() -> dict[str, object]:
    client = InfrahubClientSync(config=Config(address=ADDRESS, api_token=TOKEN))
    loaded = client.schema.load([SCHEMA], wait_until_converged=True)
    site = client.create("PeerSite", name="atl1")
    site.save()
    red = client.create("BuiltinTag", name="red")
    red.save()
    for number in range(3):
        client.create("PeerDevice", name=f"d{number}", height=number, site=site, tags=[red]).save()
    again = client.create("PeerDevice", name="d0", height=42, site=site)
    again.save(allow_upsert=True)
    found = client.filters("PeerDevice", site__name__value="atl1", height__values=[1, 2], prefetch_relationships=True)
    branch = client.branch.create("peer", sync_with_git=False)
    other = client.get("PeerDevice", hfid=["d1"], branch="peer")
    other.status.value = "active"
    other.save()
    on_main = client.get("PeerDevice", hfid=["d1"], populate_store=False)
    client.branch.merge("peer")
    merged = client.get("PeerDevice", hfid=["d1"], include=["tags"], populate_store=False)
    client.get("PeerDevice", hfid=["d2"]).delete()
    return {
        "errors": loaded.errors,
        "heights": sorted(node.height.value for node in client.all("PeerDevice")),
        "found": sorted(node.name.value for node in found),
        "sites": sorted({node.site.peer.name.value for node in found}),
        "branch": branch.name,
        "statuses": [on_main.status.value, merged.status.value],
        "tags": len(merged.tags.peers),
        "count": client.count("PeerDevice"),
        "version": client.get_version(),
    }


async def asynchronous() -> dict[str, object]:
    client = InfrahubClient(config=Config(address=ADDRESS, username="admin", password="infrahub"))
    batch = await client.create_batch()
    for number in range(10):
        node = await client.create("BuiltinTag", name=f"t{number}")
        batch.add(task=node.save, node=node)
    saved = [node.name.value async for node, _ in batch.execute()]
    tags = await client.all("BuiltinTag", parallel=True)
    return {
        "saved": len(saved),
        "tags": len(tags),
        "branches": sorted(await client.branch.all()),
        "user": (await client.get_user())["AccountProfile"]["display_label"],
    }


print(json.dumps({"sync": sync(), "async": asyncio.run(asynchronous())}))
