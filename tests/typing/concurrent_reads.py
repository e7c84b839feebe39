"""Reads several things at a time, which only the asynchronous client does with the event loop's own tools."""

from __future__ import annotations

import asyncio

from protocols import DcimDevice, LocationSite
from typing_extensions import assert_type

from infrahub_sdk import Config, InfrahubClient
from infrahub_sdk.node import InfrahubNode


async def main() -> None:
    client = await InfrahubClient.init(config=Config(max_concurrent_execution=5))
    sites, devices = await asyncio.gather(client.all(LocationSite), client.filters(DcimDevice, status__value="active"))
    assert_type(sites, "list[LocationSite]")
    assert_type(devices, "list[DcimDevice]")
    new = [client.create(kind="BuiltinTag", name=name) for name in ("red", "blue")]
    for tag in asyncio.as_completed(new):
        assert_type(await tag, InfrahubNode)
    await asyncio.gather(*(device.save() for device in devices), *(site.devices.fetch() for site in sites))
    await asyncio.wait_for(client.execute_graphql("query { InfrahubInfo { version } }"), timeout=5)
    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
