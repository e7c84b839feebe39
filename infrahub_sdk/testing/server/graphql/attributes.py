"""How the kinds of attributes show in GraphQL."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FORMS", "Form"]


class Form(NamedTuple):
    """What stands for a kind of attribute.

    Attributes:
        type: The type that queries read.
        scalar: The type of the arguments that filter by it.
        input: What the types of the inputs begin with.
    """

    type: str
    scalar: str
    input: str


_TEXTS = ("Color", "Email", "File", "HashedPassword", "ID", "Password", "Text", "TextArea", "URL")
_TEXT = Form("TextAttribute", "String", "TextAttribute")
_NUMBER = Form("NumberAttribute", "BigInt", "NumberAttribute")
_FLAG = Form("CheckboxAttribute", "Boolean", "CheckboxAttribute")

FORMS = {
    **dict.fromkeys(_TEXTS, _TEXT),
    "DateTime": _TEXT._replace(scalar="DateTime"),
    **{name: _TEXT._replace(type=name) for name in ("Dropdown", "IPAddress", "IPHost", "IPNetwork", "MacAddress")},
    **dict.fromkeys(("Number", "NumberPool"), _NUMBER),
    "Bandwidth": _NUMBER._replace(scalar="Int"),
    **dict.fromkeys(("Boolean", "Checkbox"), _FLAG),
    **{name: Form(f"{name}Attribute", "GenericScalar", f"{name}Attribute") for name in ("Any", "JSON", "List")},
}
