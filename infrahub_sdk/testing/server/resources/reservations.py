"""What pools have handed out, and for whom: it is not handed out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.testing.server.database.storage import Storage

__all__ = ["find", "holders", "keep", "pass_on", "values"]


def find(storage: Storage, pool: str, identifier: str) -> str | None:
    """What a pool handed out for an identifier: a number, or the id of a node; None when there is nothing."""
    rows = storage.rows("select resource from reservation where pool = ? and identifier = ?", [pool, identifier])
    return str(rows[0][0]) if rows else None


def keep(storage: Storage, pool: str, identifier: str, resource: str) -> None:
    """Remember what a pool handed out for an identifier."""
    storage.rows("delete from reservation where pool = ? and identifier = ?", [pool, identifier])
    storage.insert("reservation", [{"pool": pool, "identifier": identifier, "resource": resource}])


def holders(storage: Storage, pool: str, resources: Iterable[str]) -> dict[str, str]:
    """For which identifiers a pool handed out some resources, by the resources."""
    sql = "select resource, identifier from reservation where pool = ? and resource in (select value from json_each(?))"
    return dict(storage.rows(sql, [pool, json.dumps(list(resources))]))


def values(storage: Storage, pool: str, attribute: str) -> set[int]:
    """The numbers of a pool that the nodes that they were handed out to still have, on whichever branch.

    Args:
        storage: Where.
        pool: The id of the pool.
        attribute: The name of the attribute that the numbers are for.
    """
    sql = (
        "select v.value from reservation r join value v on v.node = r.identifier and v.name = ?"
        " where r.pool = ? and v.until is null and v.value = cast(r.resource as integer)"
    )
    return {number for (number,) in storage.rows(sql, [attribute, pool])}


def pass_on(storage: Storage, old: str, new: str) -> None:
    """Let what was handed out for one identifier be another's."""
    storage.rows("update or replace reservation set identifier = ? where identifier = ?", [new, old])
