"""Addresses: what is read from a URL, and what is not taken for one."""

from __future__ import annotations

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.url import basic_authorization, split


@pytest.mark.parametrize(
    ("url", "key", "host_header", "selector"),
    [
        ("http://localhost:8000/graphql/main", ("http", "localhost", 8000), "localhost:8000", "/graphql/main"),
        ("https://Example.COM", ("https", "example.com", 443), "example.com", "/"),
        ("HTTP://h:80/", ("http", "h", 80), "h", "/"),
        ("https://h:80/", ("https", "h", 80), "h:80", "/"),
        ("http://h?a=b/c#d", ("http", "h", 80), "h", "/?a=b/c"),
        ("http://h/a?b#c?d", ("http", "h", 80), "h", "/a?b"),
        ("http://[::1]:8000/x", ("http", "::1", 8000), "[::1]:8000", "/x"),
        ("http://[FE80::1%25eth0]/x", ("http", "fe80::1%eth0", 80), "[fe80::1]", "/x"),
        ("http://b\xfccher.example/", ("http", "xn--bcher-kva.example", 80), "xn--bcher-kva.example", "/"),
        ("http://h:/x", ("http", "h", 80), "h", "/x"),
    ],
)
def test_a_url_says_where_to_connect_and_what_to_ask_for(
    url: str, key: tuple[str, str, int], host_header: str, selector: str
) -> None:
    origin, found, _ = split(url)
    assert (origin.key, origin.host_header, found) == (key, host_header, selector)


def test_credentials_are_taken_out_of_a_url() -> None:
    origin, _, userinfo = split("http://me:s3cret@h/x")
    assert userinfo == "me:s3cret"
    assert "s3cret" not in repr(origin) + origin.address


def test_credentials_are_percent_decoded() -> None:
    assert basic_authorization("me:p%40ss%3A") == "Basic bWU6cEBzczo="


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000", "/path", "", "ftp://h/", "http://", "http:///x", "http://h:0/", "http://h:65536/", "http://h:8o/",
        "http://h:-1/", "http://::1/", "http://[::1/", "http://[::1]x/", "http://[h]/", "http://a b/", "http://h_\n/", "http://%41/",
    ],
)  # fmt: skip
def test_what_is_not_an_http_url_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"^url: "):
        split(url)


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX: 1", "/\x00", "/\x7f", "/\xe4", "/a\u2028"])
def test_a_character_that_a_request_line_cannot_carry_has_to_be_encoded(path: str) -> None:
    with pytest.raises(ValidationError, match="percent-encoded"):
        split(f"http://h{path}")


@pytest.mark.parametrize(
    "url", ["http://me:s3cret@h:x/", "http://me:s3/cret@h/", "ftp://me:s3cret@h/", "http://me:s3cret@h/a b"]
)
def test_an_error_about_a_url_shows_no_password(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        split(url)
    assert "s3" not in str(caught.value)
