"""Pools of numbers for an attribute of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.search import of_kinds
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import branches
from infrahub_sdk.testing.server.resources import ranges, reservations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KIND", "allocate", "check", "check_change", "check_removal", "held", "is_for", "size"]

KIND = "CoreNumberPool"
_FIXED = ("node", "node_attribute")


def is_for(pool: Node, kind: Kind, attribute: Attribute) -> bool:
    """A pool's numbers are for an attribute of a kind."""
    return pool.values["node"].value in kind.lineage and pool.values["node_attribute"].value == attribute.name


def allocate(session: Session, pool: Node, attribute: Attribute, node: str) -> int | None:
    """A number for a node; the same as before, if it had one from the pool; None when none is left.

    Args:
        session: Whose view of the data.
        pool: The pool.
        attribute: What the number is for.
        node: The id of the node.
    """
    reserved = reservations.find(session.storage, pool.id, node)
    if reserved is not None:
        return int(reserved)
    number = _next(session, pool, attribute)
    if number is not None:
        reservations.keep(session.storage, pool.id, node, str(number))
    return number


def _next(session: Session, pool: Node, attribute: Attribute) -> int | None:
    """The lowest number that is left."""
    parameters = attribute.data.get("parameters") or {}
    first, last = pool.values["start_range"].value, pool.values["end_range"].value
    least, most = parameters.get("min_value"), parameters.get("max_value")
    first = first if least is None else max(first, least)
    last = last if most is None else min(last, most)
    taken = reservations.values(session.storage, pool.id, attribute.name)
    if attribute.data["unique"]:
        taken |= _present(session, pool, attribute)
    used = [*_excluded(attribute), *((number, number) for number in taken)]
    return next((start for start, _ in ranges.free(first, last, used)), None)


def _present(session: Session, pool: Node, attribute: Attribute) -> set[int]:
    """The numbers that nodes have, wherever they come from."""
    kind, visible = session.kinds[pool.values["node"].value], session.scope.visible("value", "v")
    sql = f"select v.value from value v where {of_kinds('v', kind)} and v.name = ? and {visible}"
    return {number for (number,) in session.storage.rows(sql, [attribute.name]) if number is not None}


def _excluded(attribute: Attribute) -> Iterator[tuple[int, int]]:
    """The ranges of numbers that an attribute does not take."""
    for part in ((attribute.data.get("parameters") or {}).get("excluded_values") or "").split(","):
        first, _, last = part.partition("-")
        if part:
            yield int(first), int(last or first)


# What is handed out


def size(session: Session, pool: Node) -> int:
    """How many numbers a pool has."""
    values = pool.values
    attribute = _attribute(session, values["node"].value, values["node_attribute"].value)
    excluded = sum(end - start + 1 for start, end in _excluded(attribute)) if attribute else 0
    return int(values["end_range"].value - values["start_range"].value + 1 - excluded)


def held(session: Session, pool: Node) -> list[tuple[int, str, str]]:
    """The numbers of a pool that nodes have, with the ids of the nodes and the names of the branches."""
    sql = (
        "select distinct v.value, v.node, b.name from value v left join branch b on b.number = v.branch"
        " where v.source = ? and v.name = ? and v.until is null and v.value between ? and ?"
        " and exists (select 1 from reservation r where r.pool = v.source and cast(r.resource as integer) = v.value)"
        " order by v.value, v.node"
    )
    names = ("node_attribute", "start_range", "end_range")
    rows = session.storage.rows(sql, [pool.id, *(pool.values[name].value for name in names)])
    return [(number, node, branch or "-global-") for number, node, branch in rows]


# What a pool may be


def check(session: Session, data: Mapping[str, Any]) -> None:
    """Refuse an input for a pool that could not work.

    Raises:
        Refused: It could not.
    """
    given: dict[str, Any] = {name: item.get("value") for name, item in data.items() if isinstance(item, dict)}
    needed = (*_FIXED, "start_range", "end_range")
    if given.get("pool_type") == "Schema" or any(given.get(name) is None for name in needed):
        return  # it is refused for that
    main = session.app.session()
    if given["node"] not in main.kinds:
        raise Refused(f"There is no kind {given['node']!r} to number", "SCHEMA_NOT_FOUND", 422, {"kind": given["node"]})
    if main.kinds[given["node"]].data["namespace"] in {"Profile", "Template"}:
        raise Refused(f"{given['node']} has no numbers of its own: name the Node or Generic that it is made of")
    attribute = _attribute(main, given["node"], given["node_attribute"])
    if attribute is None:
        raise Refused(f"{given['node']} has no attribute {given['node_attribute']!r} to number")
    place = f"{given['node']}.{given['node_attribute']}"
    if attribute.kind != "Number":
        raise Refused(f"{place} is a {attribute.kind}, and a pool of numbers is for a Number")
    _check_range(given["start_range"], given["end_range"])
    parameters = attribute.data.get("parameters") or {}
    least, most = parameters.get("min_value"), parameters.get("max_value")
    if least is not None and given["start_range"] < least:
        raise Refused(f"start_range {given['start_range']} is below {least}, the min_value of {place}")
    if most is not None and given["end_range"] > most:
        raise Refused(f"end_range {given['end_range']} is above {most}, the max_value of {place}")


def check_change(pool: Node, data: Mapping[str, Any]) -> None:
    """Refuse a change after which a pool could not work.

    Raises:
        Refused: It could not.
    """
    given = {name: item["value"] for name, item in data.items() if isinstance(item, dict) and "value" in item}
    if any(given.get(name) not in {None, pool.values[name].value} for name in _FIXED):
        raise Refused("A pool keeps its node and node_attribute: make another pool for other numbers")
    if pool.values["pool_type"].value == "Schema" and {"start_range", "end_range"} & set(given):
        raise Refused("The schema says the range of this pool: load it with another range instead")
    _check_range(*(given.get(name, pool.values[name].value) for name in ("start_range", "end_range")))


def check_removal(session: Session, pool: Node) -> None:
    """Refuse to take away a pool that a schema needs.

    Raises:
        Refused: One does.
    """
    kind, name = pool.values["node"].value, pool.values["node_attribute"].value
    users = []
    for branch in branches.listed(session.storage):
        attribute = _attribute(session.app.session(branch.name), kind, name)
        if attribute is not None and attribute.kind == "NumberPool":
            users.append(branch.name)
    if users:
        raise Refused(
            f"{kind}.{name} takes its numbers from this pool, as the schemas of these branches say: {', '.join(users)}"
        )


def _check_range(first: int | None, last: int | None) -> None:
    if first is not None and last is not None and first > last:
        raise Refused(f"start_range {first} is above end_range {last}")


def _attribute(session: Session, kind: str, name: str) -> Attribute | None:
    found = session.kinds.get(kind)
    return found.attributes.get(name) if found else None
