"""Requests: what they hold, what is written for them, and what is refused before a byte is sent."""

from __future__ import annotations

import io
import urllib.request
from typing import Any

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport import Proxy, Request, Timeouts
from infrahub_sdk.transport.composer import compose
from infrahub_sdk.transport.connector import Route

SECRETS = ["Authorization", "X-INFRAHUB-KEY", "Proxy-Authorization", "cookie"]


def composed(request: Request, proxy: Proxy | None = None) -> list[str]:
    head = compose(request, Route(*request.origin.key, proxy))
    assert head.endswith(b"\r\n\r\n")
    return head[:-4].decode("latin-1").split("\r\n")


def test_a_request_is_one_of_the_standard_library() -> None:
    request = Request("http://h:1/x?y#z", method="post", headers={"content-type": "text/plain"}, content=b"1")
    assert isinstance(request, urllib.request.Request)
    assert (request.type, request.host, request.selector, request.full_url) == ("http", "h:1", "/x?y", "http://h:1/x?y")
    assert (request.get_method(), request.data, request.origin_req_host) == ("POST", b"1", "h")


def test_headers_are_found_in_whatever_case() -> None:
    request = Request("http://h/", headers={"X-Infrahub-Tracker": "t"})
    assert request.has_header("x-infrahub-tracker")
    assert request.get_header("X-INFRAHUB-TRACKER") == "t"
    request.remove_header("x-infrahub-TRACKER")
    assert request.headers == {}


def test_the_headers_that_were_given_are_not_touched() -> None:
    headers = {"a": "b"}
    Request("http://h/", headers=headers).add_header("c", "d")
    assert headers == {"a": "b"}


def test_assigning_the_url_moves_the_request() -> None:
    request = Request("http://h/")
    request.full_url = "https://other:1/x"
    assert (request.origin.key, request.url) == (("https", "other", 1), "https://other:1/x")


def test_a_head_has_what_the_server_needs_to_know() -> None:
    assert composed(Request("http://h:1/x", method="POST", headers={"A": "b"}, content=b"123")) == [
        "POST /x HTTP/1.1",
        "A: b",
        "Host: h:1",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: infrahub-sdk/1.24.0",
        "Content-Length: 3",
    ]


def test_what_the_caller_sets_is_not_set_twice() -> None:
    headers = {"host": "other", "accept": "text/plain", "ACCEPT-ENCODING": "identity", "user-agent": "me"}
    lines = composed(Request("http://h/", headers=headers))
    assert lines == ["GET / HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()]]


def test_a_head_follows_the_headers_of_each_request() -> None:
    route = Route("http", "h", 80, None)
    heads = [compose(Request("http://h/", headers={"A": value}), route) for value in ("1", "2", "1")]
    assert [b"A: 1" in head for head in heads] == [True, False, True]


@pytest.mark.parametrize(
    ("method", "content", "headers", "expected"),
    [
        ("GET", None, {}, None),
        ("POST", None, {}, "Content-Length: 0"),
        ("POST", b"", {}, "Content-Length: 0"),
        ("GET", b"ab", {}, "Content-Length: 2"),
        ("POST", bytearray(b"ab"), {}, "Content-Length: 2"),
        ("POST", io.BytesIO(b"abc"), {}, "Content-Length: 3"),
        ("POST", [b"ab", b"c"], {}, "Transfer-Encoding: chunked"),
        ("POST", iter([b"ab"]), {"Content-Length": "2"}, "Content-Length: 2"),
        ("POST", b"ab", {"content-length": "2"}, "content-length: 2"),
    ],
)
def test_a_body_is_framed_by_its_length_or_in_chunks(
    method: str, content: Any, headers: dict[str, str], expected: str | None
) -> None:
    lines = composed(Request("http://h/", method=method, content=content, headers=headers))
    framing = [line for line in lines if line.lower().startswith(("content-length", "transfer-encoding"))]
    assert framing == ([expected] if expected else [])


def test_a_file_is_sent_from_where_it_stands() -> None:
    file = io.BytesIO(b"abcdef")
    file.seek(4)
    assert "Content-Length: 2" in composed(Request("http://h/", method="POST", content=file))


def test_credentials_of_the_url_become_a_header_and_nothing_else() -> None:
    request = Request("http://me:s3cret@h/x")
    assert "Authorization: Basic bWU6czNjcmV0" in composed(request)
    assert "s3cret" not in repr(request) + request.url + request.full_url


def test_credentials_of_the_url_do_not_replace_a_header() -> None:
    lines = composed(Request("http://me:s3cret@h/x", headers={"authorization": "Bearer t"}))
    assert [line for line in lines if line.lower().startswith("authorization")] == ["authorization: Bearer t"]


def test_a_forwarding_proxy_gets_the_whole_url_and_its_credentials() -> None:
    lines = composed(Request("http://h/x"), Proxy("http://me:s3cret@proxy"))
    assert lines[0] == "GET http://h/x HTTP/1.1"
    assert "Proxy-Authorization: Basic bWU6czNjcmV0" in lines


def test_a_tunnelled_request_says_nothing_about_the_proxy() -> None:
    lines = composed(Request("https://h/x"), Proxy("http://me:s3cret@proxy"))
    assert lines[0] == "GET /x HTTP/1.1"
    assert not [line for line in lines if "Proxy" in line]


@pytest.mark.parametrize(
    ("headers", "fault"),
    [
        (
            {"X": "a\r\nEvil: 1"},
            r"the value of X has the character '\\r' at position 1, which a header cannot carry\.$",
        ),
        ({"X": "a\nb"}, r"'\\n' at position 1"),
        ({"X": "a\r\n b"}, r"'\\r' at position 1"),
        ({"X": "\x00"}, r"'\\x00' at position 0"),
        ({"X": "\u20ac"}, "'\u20ac' at position 0"),
        ({"X\r\nEvil": "1"}, "is not the name of a header"),
        ({"X:": "1"}, "is not the name of a header"),
        ({"Transfer-Encoding: chunked, X": "1"}, "is not the name of a header"),
        ({"": "1"}, "is not the name of a header"),
        ({"\xe4": "1"}, "is not the name of a header"),
        ({"X": 1}, "of type int, not text"),
        ({"X": None}, "of type NoneType, not text"),
        ({1: "x"}, "1 is not the name of a header"),
        ({"X": "1", "x": "2"}, "x is given more than once"),
        ({"Transfer-Encoding": "chunked"}, "Transfer-Encoding is not for the caller to set"),
        ({"Content-Length": "5"}, "'5' is not the length of the body, which has 2 bytes"),
        ({"Content-Length": "x"}, "'x' is not the length"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(headers: Any, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        composed(Request("http://h/", method="POST", headers=headers, content=b"{}"))


@pytest.mark.parametrize("name", SECRETS)
def test_an_error_about_a_secret_header_does_not_show_it(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        composed(Request("http://h/", headers={name: "s3cret\n"}))
    assert name in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", ["text", {"a": 1}, 5, io.StringIO("text"), ["text"]])
def test_a_body_that_is_not_made_of_bytes_is_refused(content: Any) -> None:
    with pytest.raises(ValidationError, match="bytes"):
        upload = Request("http://h/", method="POST", content=content).upload
        assert upload is not None
        list(upload.pieces(None))


@pytest.mark.parametrize(("declared", "fault"), [(2, "longer than the 2 bytes"), (4, "ends after 3 of the 4 bytes")])
def test_a_streamed_body_has_to_be_as_long_as_declared(declared: int, fault: str) -> None:
    upload = Request("http://h/", method="POST", content=iter([b"abc"])).upload
    assert upload is not None
    with pytest.raises(ValidationError, match=fault):
        list(upload.pieces(declared))


@pytest.mark.parametrize("method", ["", "GET /", "GE\r\nT", "G\xcbT"])
def test_a_method_is_a_word(method: str) -> None:
    with pytest.raises(ValidationError, match=r"^method: "):
        Request("http://h/", method=method)


def test_reading_may_be_repeated_and_writing_may_not() -> None:
    assert [Request("http://h/", method=method).repeatable for method in ("GET", "HEAD", "POST")] == [True, True, False]


def test_a_number_of_seconds_also_caps_the_time_to_connect() -> None:
    assert Timeouts(10, 60, 300).narrowed(2) == Timeouts(2, 2, 300)
    assert Timeouts(10, 60, 300).narrowed(120) == Timeouts(10, 120, 300)
    assert Timeouts(None, None).narrowed(5) == Timeouts(5, 5)


def test_no_seconds_at_all_are_no_limit_that_can_be_kept() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Timeouts().narrowed(0)


def test_limits_given_for_a_request_replace_the_others() -> None:
    assert Timeouts(10, 60, 300).narrowed(Timeouts(read=1)) == Timeouts(None, 1, None)
