"""Answers: their parts, made by hand and by the transport."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from infrahub_sdk.exceptions import HTTPStatusError, JsonDecodeError
from infrahub_sdk.transport import Headers, Request, Response

URL = "http://h/graphql"


def test_an_answer_made_by_hand_has_all_parts() -> None:
    request = Request(URL, method="POST", content=b"{}")
    response = Response(201, headers={"X": "1"}, content=b"abc", request=request)
    assert (response.status_code, response.reason, response.content, response.text) == (201, "Created", b"abc", "abc")
    assert (response.headers["x"], response.url, response.request) == ("1", URL, request)


def test_an_answer_can_be_made_from_a_value() -> None:
    response = Response(200, json={"a": "\xe4"})
    assert response.json() == {"a": "\xe4"}
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("content", [b'{"a":1}', b'\xef\xbb\xbf{"a":1}', b' {"a":1}\n'])
def test_json_is_read_from_bytes(content: bytes) -> None:
    assert Response(200, content=content).json() == {"a": 1}


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"<html>", b'{"a":1', b'{"a":1}}', b'"\xff"'])
def test_what_is_not_json_is_an_error_that_shows_its_beginning(content: bytes) -> None:
    with pytest.raises(JsonDecodeError) as caught:
        Response(200, content=content, url=URL).json()
    assert caught.value.url == URL
    assert caught.value.content == content.decode("utf-8", "replace")
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("content_type", "content", "text"),
    [
        ("text/plain", b"\xc3\xa4", "\xe4"),
        ("text/plain; charset=latin-1", b"\xe4", "\xe4"),
        ('text/plain; charset="UTF-16LE"', b"a\x00", "a"),
        ("text/plain; charset=martian", b"a", "a"),
        ("text/plain", b"\xff", "\ufffd"),
    ],
)
def test_text_is_decoded_as_the_content_type_says(content_type: str, content: bytes, text: str) -> None:
    assert Response(200, headers={"Content-Type": content_type}, content=content).text == text


@pytest.mark.parametrize(
    ("status", "good"), [(200, True), (202, True), (299, True), (302, False), (404, False), (500, False)]
)
def test_a_status_that_says_no_can_be_raised(status: int, good: bool) -> None:
    response = Response(status, request=Request(URL))
    assert response.is_success is good
    if good:
        assert response.raise_for_status() is response
    else:
        with pytest.raises(HTTPStatusError, match=rf"answered {status} .*to GET {URL}") as caught:
            response.raise_for_status()
        assert caught.value.response is response


def test_a_status_error_without_a_request_is_one_too() -> None:
    with pytest.raises(HTTPStatusError, match=r"answered 599\."):
        Response(599).raise_for_status()


def test_a_status_error_can_cross_a_process_border() -> None:
    with pytest.raises(HTTPStatusError) as caught:
        Response(404, request=Request(URL)).raise_for_status()
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_body_in_memory_can_be_read_in_pieces() -> None:
    assert list(Response(200, content=b"abcde").iter_bytes(2)) == [b"ab", b"cd", b"e"]
    assert list(Response(200).iter_bytes()) == []


def test_headers_are_a_mapping_without_case() -> None:
    headers = Headers([("Set-Cookie", "a=1"), ("X", "1"), ("set-cookie", "b=2")])
    assert (len(headers), list(headers)) == (2, ["Set-Cookie", "X"])
    assert (headers["SET-COOKIE"], headers.get_list("Set-cookie")) == ("a=1, b=2", ["a=1", "b=2"])
    assert (headers.get("y"), headers.get_list("y"), "x" in headers, 5 in headers) == (None, [], True, False)
    assert headers == Headers({"set-cookie": "a=1, b=2", "x": "1"}) or headers == {"set-cookie": "a=1, b=2", "x": "1"}


def test_headers_show_no_values() -> None:
    assert repr(Headers({"Set-Cookie": "s3cret"})) == "<Headers Set-Cookie>"


@pytest.mark.parametrize(("status", "shown"), [(200, "<Response 200 OK>"), (599, "<Response 599>")])
def test_an_answer_shows_its_status(status: int, shown: Any) -> None:
    assert repr(Response(status)) == shown
