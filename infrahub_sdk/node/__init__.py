"""Nodes: their attributes, their relationships, and what was changed on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk._lazy import exports

if TYPE_CHECKING:
    from infrahub_sdk.node.attribute import Attribute as Attribute
    from infrahub_sdk.node.base import InfrahubNodeBase as InfrahubNodeBase
    from infrahub_sdk.node.constants import HFID_STR_SEPARATOR as HFID_STR_SEPARATOR
    from infrahub_sdk.node.constants import PROPERTIES_FLAG as PROPERTIES_FLAG
    from infrahub_sdk.node.constants import PROPERTIES_OBJECT as PROPERTIES_OBJECT
    from infrahub_sdk.node.metadata import NodeMetadata as NodeMetadata
    from infrahub_sdk.node.metadata import RelationshipMetadata as RelationshipMetadata
    from infrahub_sdk.node.node import InfrahubNode as InfrahubNode
    from infrahub_sdk.node.node_sync import InfrahubNodeSync as InfrahubNodeSync
    from infrahub_sdk.node.parsers import parse_human_friendly_id as parse_human_friendly_id
    from infrahub_sdk.node.property import NodeProperty as NodeProperty
    from infrahub_sdk.node.related_base import RelatedNodeBase as RelatedNodeBase
    from infrahub_sdk.node.related_node import RelatedNode as RelatedNode
    from infrahub_sdk.node.related_node import RelationshipAttribute as RelationshipAttribute
    from infrahub_sdk.node.related_node_sync import RelatedNodeSync as RelatedNodeSync
    from infrahub_sdk.node.related_node_sync import RelationshipAttributeSync as RelationshipAttributeSync
    from infrahub_sdk.node.relationship import RelationshipManager as RelationshipManager
    from infrahub_sdk.node.relationship_base import RelationshipManagerBase as RelationshipManagerBase
    from infrahub_sdk.node.relationship_sync import RelationshipManagerSync as RelationshipManagerSync

_MODULE_OF = {
    "HFID_STR_SEPARATOR": "constants",
    "PROPERTIES_FLAG": "constants",
    "PROPERTIES_OBJECT": "constants",
    "Attribute": "attribute",
    "InfrahubNode": "node",
    "InfrahubNodeBase": "base",
    "InfrahubNodeSync": "node_sync",
    "NodeMetadata": "metadata",
    "NodeProperty": "property",
    "RelatedNode": "related_node",
    "RelatedNodeBase": "related_base",
    "RelatedNodeSync": "related_node_sync",
    "RelationshipAttribute": "related_node",
    "RelationshipAttributeSync": "related_node_sync",
    "RelationshipManager": "relationship",
    "RelationshipManagerBase": "relationship_base",
    "RelationshipManagerSync": "relationship_sync",
    "RelationshipMetadata": "metadata",
    "parse_human_friendly_id": "parsers",
}

__getattr__, __dir__, __all__ = exports(__name__, _MODULE_OF)
