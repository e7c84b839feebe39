"""What must not be shown: how it is recognised, and how it is taken out of what is shown or kept.

Credentials are known for what they are. What else is secret shows by the name of its attribute, variable or argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = [
    "MASK",
    "credentials",
    "hidden",
    "is_plain_header",
    "is_secret_name",
    "masked",
    "masked_document",
    "said_back",
    "sent_credentials",
    "texts",
    "without_credentials",
    "without_sent_credentials",
]

MASK = "***"

# The headers whose values may be shown. Any other may be a credential that the user's proxy or gateway asks for.
_PLAIN_HEADERS = frozenset({
    "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding", "content-length",
    "content-type", "host", "transfer-encoding", "user-agent", "x-infrahub-tracker", "x-priority",
})  # fmt: skip

# Regular expressions as text: `re` compiles and remembers them when they are first of use.
_TELLING = "(?i)api_?key|credential|passphrase|passwd|password|private_?key|secret|token"
_ARGUMENT = rf"(?is)(\b\w*(?:{_TELLING[4:]})\w*\s*:\s*(?:\{{[^{{}}\"]*?\bvalue\s*:\s*)?)"
_LITERAL = r'(?:"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*")'

_SHORTEST = 4  # characters; to take out shorter texts would spoil other words, and hide what is guessed anyway
_LONG = 8  # characters; a shorter text is taken out where it is a word of its own


def without_credentials(url: str) -> str:
    """A URL as it may be shown: a user and a password in it are left out.

    >>> without_credentials("https://me:secret@infrahub:8000/graphql")
    'https://infrahub:8000/graphql'
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def is_plain_header(name: str) -> bool:
    """Whether the value of a header may be shown."""
    return name.lower() in _PLAIN_HEADERS


def is_secret_name(name: str) -> bool:
    """Whether a name says that what it names is secret.

    >>> is_secret_name("snmpPassword"), is_secret_name("name")
    (True, False)
    """
    import re

    return re.search(_TELLING, name) is not None


def masked(value: Any, names: Collection[str] = ()) -> Any:
    """A JSON value without the texts that are secret by their name, be they plain or the `value` of an attribute.

    Args:
        value: The value. It is not changed.
        names: More names of secrets.

    >>> masked({"name": "a", "password": {"value": "b", "is_protected": True}, "tokens": ["c"], "token": 1})
    {'name': 'a', 'password': {'value': '***', 'is_protected': True}, 'tokens': ['***'], 'token': 1}
    """
    if isinstance(value, list):
        return [masked(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _hidden_value(masked(item, names)) if key in names or is_secret_name(str(key)) else masked(item, names)
        for key, item in value.items()
    }


def _hidden_value(value: Any) -> Any:
    if isinstance(value, dict) and "value" in value:
        return {**value, "value": _hidden_value(value["value"])}
    if isinstance(value, list):
        return [_hidden_value(item) if isinstance(item, str) else item for item in value]
    return MASK if isinstance(value, str) and value else value


def masked_document(document: str) -> str:
    """A GraphQL document without the texts that are secret by the name of their argument.

    >>> masked_document('mutation { AccountCreate(data: {name: {value: "a"}, password: {value: "b"}}) { ok } }')
    'mutation { AccountCreate(data: {name: {value: "a"}, password: {value: "***"}}) { ok } }'
    """
    import re

    return re.sub(_ARGUMENT + _LITERAL, rf'\1"{MASK}"', document)


def texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)


def hidden(text: str, secrets: Iterable[str]) -> str:
    """A text without secrets, in whatever way whoever wrote it may have escaped them.

    Args:
        text: What somebody else wrote.
        secrets: The secrets. Those of fewer than four characters are left in.

    >>> hidden("Invalid token abc-123-def for user 'x'", ["abc-123-def", "x"])
    "Invalid token *** for user 'x'"
    """
    import re

    forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        if form in text:
            whole = re.escape(form)
            text = re.sub(whole if len(form) >= _LONG else rf"(?<!\w){whole}(?!\w)", MASK, text)
    return text


def _forms(secret: str) -> Iterator[str]:
    from html import escape
    from json import dumps
    from urllib.parse import quote

    yield secret
    yield repr(secret)[1:-1]
    yield dumps(secret)[1:-1]
    yield dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="", errors="replace")
    yield escape(secret)


def said_back(text: str, request: Any) -> str:
    """What a server says in answer to a request, without what the request brought it that nobody else shall see.

    Those are its headers, the variables of its document, and passwords.

    Args:
        text: The server's words, in full: of a secret that was cut off, a part would stay.
        request: What it answers, if that is known.
    """
    return text if request is None else hidden(text, _secrets_of(request))


def without_sent_credentials(value: Any, request: Any) -> Any:
    """A JSON value that a server sent in answer to a request, without the credentials that the request brought it."""
    return value if request is None else _replaced(value, set(sent_credentials(request)))


def _replaced(value: Any, secrets: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, secrets) for item in value]
    return hidden(value, secrets) if isinstance(value, str) else value


def sent_credentials(request: Any) -> Iterator[str]:
    """The credentials in the headers of a request, whatever its class."""
    for name, value in {**request.headers, **getattr(request, "unredirected_hdrs", {})}.items():
        if not is_plain_header(str(name)):
            yield from credentials(str(value))
    proxy = getattr(request, "proxy", None)
    if proxy is not None and proxy.authorization:
        yield from credentials(proxy.authorization)


def _secrets_of(request: Any) -> Iterator[str]:
    yield from sent_credentials(request)
    content = request.content
    if isinstance(content, bytes) and content[:1] == b"{":
        import json

        try:
            body = json.loads(content)
        except ValueError:
            return
        yield from texts(body.get("variables"))
        yield from (text for key, item in body.items() if is_secret_name(key) for text in texts(item))


def credentials(header: str) -> Iterator[str]:
    """What is secret in the value of a header such as `Authorization`: all of it, and each part on its own.

    >>> list(credentials("Basic bWU6c2VjcmV0"))
    ['Basic bWU6c2VjcmV0', 'bWU6c2VjcmV0', 'me:secret', 'secret']
    """
    yield header
    scheme, _, rest = header.partition(" ")
    yield rest
    if scheme.lower() == "basic":
        from base64 import b64decode

        try:
            pair = b64decode(rest).decode("utf-8", "replace")
        except ValueError:
            return
        yield pair
        yield pair.partition(":")[2]
