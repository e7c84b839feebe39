"""Which proxy for which address."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport import Proxy, ProxySelector
from infrahub_sdk.transport.url import split

P = "http://p:1"
Q = "http://q:2"


def chosen(selector: ProxySelector, url: str) -> str | None:
    proxy = selector.select(split(url)[0])
    return None if proxy is None else proxy.address


@pytest.mark.parametrize(
    ("arguments", "http", "https"),
    [
        ({}, None, None),
        ({"proxy": P}, P, P),
        ({"http": P}, P, None),
        ({"https": P}, None, P),
        ({"http": P, "https": Q}, P, Q),
        ({"environ": {"HTTP_PROXY": P}}, P, None),
        ({"environ": {"http_proxy": P, "HTTP_PROXY": Q}}, P, None),
        ({"environ": {"HTTPS_PROXY": P}}, None, P),
        ({"environ": {"ALL_PROXY": P}}, P, P),
        ({"environ": {"all_proxy": P, "https_proxy": Q}}, P, Q),
        ({"environ": {"ALL_PROXY": P, "HTTPS_PROXY": ""}}, P, None),
        ({"environ": {"HTTP_PROXY": P, "REQUEST_METHOD": "GET"}}, None, None),
        ({"environ": {"http_proxy": P, "REQUEST_METHOD": "GET"}}, P, None),
        ({"proxy": P, "environ": {"HTTP_PROXY": Q}}, P, P),
        ({"http": P, "environ": {"HTTPS_PROXY": Q}}, P, None),
        ({"proxy": P, "environ": {"NO_PROXY": "h"}}, None, None),
        ({"environ": {"ALL_PROXY": P, "no_proxy": "*", "NO_PROXY": ""}}, None, None),
    ],
)
def test_a_setting_goes_before_the_environment(arguments: dict[str, Any], http: str | None, https: str | None) -> None:
    selector = ProxySelector(**{"environ": {}, **arguments})
    assert (chosen(selector, "http://h/"), chosen(selector, "https://h/")) == (http, https)


@pytest.mark.parametrize(
    ("entry", "url", "is_covered"),
    [
        ("*", "http://h", True),
        ("h", "http://h", True),
        ("H", "http://h", True),
        ("h", "http://g", False),
        ("example.com", "http://example.com", True),
        ("example.com", "http://a.b.example.com", True),
        ("example.com", "http://badexample.com", False),
        (".example.com", "http://a.example.com", True),
        (".example.com", "http://example.com", True),
        ("*.example.com", "http://a.example.com", True),
        ("example.com.", "http://example.com", True),
        ("example.com", "http://example.com.", True),
        ("h:8000", "http://h:8000", True),
        ("h:8000", "http://h:8001", False),
        ("h:80", "http://h", True),
        ("h:443", "https://h", True),
        ("h:443", "http://h", False),
        ("h:x", "http://h", False),
        ("10.0.0.1", "http://10.0.0.1:8000", True),
        ("10.0.0.1:8000", "http://10.0.0.1:8000", True),
        ("0.0.1", "http://10.0.0.1", False),
        ("10.0.0.0/8", "http://10.255.0.1", True),
        ("10.0.0.1/8", "http://10.255.0.1", True),
        ("10.0.0.0/8", "http://11.0.0.1", False),
        ("10.0.0.0/8", "http://h", False),
        ("10.0.0.0/99", "http://10.0.0.1", False),
        ("::1", "http://[::1]:8000", True),
        ("0:0::1", "http://[::1]", True),
        ("[::1]", "http://[::1]:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("[::1]:8001", "http://[::1]:8000", False),
        ("fd00::/8", "http://[fd12::1]", True),
        ("fd00::/8", "http://[fe80::1]", False),
        ("fd00::/8", "http://10.0.0.1", False),
        ("10.0.0.1", "http://[::1]", False),
        ("fe80::/10", "http://[fe80::1%25eth0]", True),
        ("a, h", "http://h", True),
        ("a b\th", "http://h", True),
        ("a,,", "http://h", False),
        ("bücher.example", "http://bücher.example", True),
        (".bücher.example", "http://a.bücher.example", True),
        ("*.xn--bcher-kva.example", "http://a.BÜCHER.example", True),
        (".", "http://h", False),
    ],
)
def test_what_no_proxy_covers_is_reached_directly(entry: str, url: str, is_covered: bool) -> None:
    assert chosen(ProxySelector(P, environ={"NO_PROXY": entry}), url) == (None if is_covered else P)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://p", "http://p:80"),
        ("p:3128", "http://p:3128"),
        ("https://P.example/", "https://p.example:443"),
        ("http://me:pw@[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_a_proxy_has_an_address(url: str, address: str) -> None:
    assert Proxy(url).address == address


@pytest.mark.parametrize(
    "url", ["socks5://me:s3cret@p:1080", "http://me:s3cret@", "http://me:s3cret@p:x", "http://me:s3/cret@p"]
)
def test_what_is_not_a_proxy_is_refused_by_the_name_of_its_setting(url: str) -> None:
    selector = ProxySelector(environ={"ALL_PROXY": url})
    with pytest.raises(ValidationError, match=r"^ALL_PROXY: ") as caught:
        selector.select(split("http://h/")[0])
    assert "s3" not in str(caught.value) + repr(selector)


def test_a_broken_proxy_for_the_other_scheme_does_no_harm() -> None:
    assert chosen(ProxySelector(environ={"HTTPS_PROXY": "socks5://p"}), "http://h/") is None


@pytest.mark.parametrize("url", [f" {P}", f"{P}\n", f"\t{P}\r\n"])
def test_blanks_around_a_variable_do_not_count(url: str) -> None:
    assert chosen(ProxySelector(environ={"HTTP_PROXY": url}), "http://h/") == P


def test_nothing_shows_the_credentials_of_a_proxy() -> None:
    proxy = Proxy("http://me:s3cret@p:1")
    selector = ProxySelector("http://me:s3cret@p:1", environ={"NO_PROXY": "a"})
    assert repr(proxy) == "<Proxy http://p:1>"
    assert repr(selector) == "<ProxySelector http=http://p:1 https=http://p:1, not for a>"
    assert "s3cret" not in str(proxy)


def test_the_settings_of_a_configuration_are_used() -> None:
    config: Any = SimpleNamespace(proxy=None, proxy_mounts=SimpleNamespace(http=P, https=None))
    assert chosen(ProxySelector.from_config(config), "http://h/") == P
