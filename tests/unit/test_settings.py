"""Where settings come from, how they are read, and what is said about those that cannot be right; shown by `Config`."""

from __future__ import annotations

import dataclasses
import logging
import os
import pickle
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk.config import Config, ConfigError, ProxyMountsConfig
from infrahub_sdk.constants import InfrahubClientMode, Priority, RequesterTransport
from infrahub_sdk.exceptions import Error, ValidationError
from infrahub_sdk.recorder import JSONRecorder, RecorderType

PROXY = "http://proxy.example:3128"
NOT_IN_ENVIRONMENT = {"custom_recorder", "log", "requester", "sync_requester"}
FIELDS = {field.name for field in dataclasses.fields(Config)}


def problems(**arguments: Any) -> list[str]:
    """What is wrong with a configuration."""
    with pytest.raises(ConfigError) as caught:
        Config(**arguments)
    return caught.value.messages or []


# What each kind of field reads: the same from an argument, from the environment, and when it is assigned

RIGHT = [
    ("address", "http://localhost:8000/", "http://localhost:8000"),
    ("address", "https://infrahub.example/sub/path//", "https://infrahub.example/sub/path"),
    ("address", "http://[::1]:8000", "http://[::1]:8000"),
    ("marketplace_url", "https://market.example/", "https://market.example"),
    ("api_token", "06438eb2-8019", "06438eb2-8019"),
    ("default_branch", "feature/x", "feature/x"),
    ("echo_graphql_queries", "yes", True),
    ("echo_graphql_queries", "On", True),
    ("rate_limit_retry_enabled", "0", False),
    ("rate_limit_retry_enabled", "FALSE", False),
    ("max_concurrent_execution", "10", 10),
    ("pagination_size", " 100 ", 100),
    ("pagination_size", "100.0", 100),
    ("rate_limit_max_retries", "0", 0),
    ("timeout", "10", 10),
    ("timeout", "0.5", 0.5),
    ("connect_timeout", "3", 3),
    ("max_retry_duration", "0", 0),
    ("schema_converge_timeout", "0", 0),
    ("mode", "tracking", InfrahubClientMode.TRACKING),
    ("priority", "HIGH", Priority.HIGH),
    ("recorder", "json", RecorderType.JSON),
    ("transport", "JSON", RequesterTransport.JSON),
    ("retry_status_codes", "[502]", [502]),
    ("retry_status_codes", "502, 503", [502, 503]),
    ("retry_status_codes", "[]", []),
    ("proxy", "http://me:secret@proxy.example:3128", "http://me:secret@proxy.example:3128"),
    ("proxy_mounts", '{"http": "http://a:1"}', ProxyMountsConfig(http="http://a:1")),
    ("proxy_mounts", '{"https://": "http://b:2"}', ProxyMountsConfig(https="http://b:2")),
    ("tls_ca_file", "/etc/ca.pem", "/etc/ca.pem"),
]


@pytest.mark.parametrize(("name", "text", "value"), RIGHT)
def test_text_is_read_the_same_from_everywhere(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: Any
) -> None:
    assigned = Config()
    setattr(assigned, name, text)
    by_argument = Config(**{name: text})
    monkeypatch.setenv(f"INFRAHUB_{name.upper()}", text)
    found = [getattr(config, name) for config in (assigned, by_argument, Config())]
    assert found == [value] * 3
    assert [type(item) for item in found] == [type(value)] * 3


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("echo_graphql_queries", 1, True),
        ("pagination_size", 10.0, 10),
        ("timeout", 1.5, 1.5),
        ("mode", InfrahubClientMode.TRACKING, InfrahubClientMode.TRACKING),
        ("priority", None, None),
        ("retry_status_codes", (502, "503"), [502, 503]),
        ("retry_status_codes", {502}, [502]),
        ("proxy_mounts", {"http": PROXY, "https://": PROXY}, ProxyMountsConfig(http=PROXY, https=PROXY)),
        ("proxy_mounts", ProxyMountsConfig(https=PROXY), ProxyMountsConfig(https=PROXY)),
        ("proxy", "", None),
        ("api_token", "", None),
        ("tls_ca_file", "", None),
        ("tls_ca_file", Path("ca.pem"), "ca.pem"),
        ("default_branch", "", ""),
    ],
)
def test_values_that_are_no_text_are_read(name: str, given: Any, value: Any) -> None:
    assert getattr(Config(**{name: given}), name) == value


WRONG: list[tuple[str, Any, str]] = [
    ("address", "localhost:8000", "http:// or https:// with a host"),
    ("address", "/path", "http:// or https:// with a host"),
    ("address", "ftp://host", "http:// or https:// with a host"),
    ("address", "http://", "http:// or https:// with a host"),
    ("address", "http://host:port", "http:// or https:// with a host"),
    ("address", "http://host/?branch=main", "query"),
    ("address", " http://host", "http:// or https:// with a host"),
    ("address", None, "http:// or https:// with a host"),
    ("api_token", "two words", "printable ASCII"),
    ("api_token", "token\n", "printable ASCII"),
    ("api_token", 5, "printable ASCII"),
    ("default_branch", None, "a text"),
    ("identifier", 5, "a text, or None"),
    ("echo_graphql_queries", "maybe", "true or false"),
    ("echo_graphql_queries", 2, "true or false"),
    ("echo_graphql_queries", None, "true or false"),
    ("max_concurrent_execution", 0, "a whole number of at least 1"),
    ("pagination_size", -1, "a whole number of at least 1"),
    ("pagination_size", 1.5, "a whole number of at least 1"),
    ("pagination_size", True, "a whole number of at least 1"),
    ("pagination_size", "many", "a whole number of at least 1"),
    ("pagination_size", float("inf"), "a whole number of at least 1"),
    ("rate_limit_max_retries", -1, "a whole number of at least 0"),
    ("timeout", 0, "a number of seconds above 0 and up to 2000000"),
    ("timeout", None, "a number of seconds above 0"),
    ("timeout", "nan", "a number of seconds above 0"),
    ("timeout", 1e7, "up to 2000000"),
    ("total_timeout", 0, "a number of seconds above 0 and up to 2000000, or None"),
    ("retry_delay", 0, "a number of seconds above 0"),
    ("retry_delay", float("inf"), "a number of seconds above 0"),
    ("max_retry_duration", -1, "a number of seconds, 0 or more"),
    ("mode", "trackin", "'default' or 'tracking'. Did you mean 'tracking'?"),
    ("mode", 5, "'default' or 'tracking'"),
    ("priority", "hihg", "'high', 'medium' or 'low', or None. Did you mean 'high'?"),
    ("retry_status_codes", "502;503", "a list of HTTP status codes such as 502,503"),
    ("retry_status_codes", [42], "42 is no HTTP status"),
    ("retry_status_codes", 503, "a list of HTTP status codes such as 502,503"),
    ("proxy", "socks5://proxy:1080", "not by 'socks5'"),
    ("proxy", 5, "the URL of a proxy"),
    ("proxy_mounts", "http://proxy", "a ProxyMountsConfig, or a dict or JSON object"),
    ("proxy_mounts", None, "a ProxyMountsConfig, or a dict or JSON object"),
    ("tls_ca_file", 5, "the path of a file"),
    ("custom_recorder", None, "an object with a method record()"),
    ("custom_recorder", JSONRecorder, "an object with a method record()"),
    ("requester", "http", "a function, or None"),
    ("sync_requester", 3, "a function, or None"),
]


@pytest.mark.parametrize(("name", "value", "allowed"), WRONG)
def test_a_wrong_value_is_refused_with_what_is_allowed(name: str, value: Any, allowed: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert "from the argument is wrong" in problem
    assert allowed in problem


@pytest.mark.parametrize(("name", "value", "allowed"), WRONG)
def test_a_wrong_value_that_is_assigned_is_refused_and_the_old_one_stays(name: str, value: Any, allowed: str) -> None:
    config = Config()
    with pytest.raises(ConfigError, match=f"{name}: .*from the assignment is wrong"):
        setattr(config, name, value)
    assert config == Config()


READ_FROM_TEXT = sorted(FIELDS - NOT_IN_ENVIRONMENT - {"username", "password"})
LIKELY = [
    "0",
    "1",
    "5",
    "-1",
    "0.5",
    "1e3",
    "nan",
    "true",
    "no",
    "high",
    "JSON",
    "[502]",
    "{}",
    "http://h",
    "http://u:p@h:1",
]
TEXTS = st.sampled_from(LIKELY) | st.text(
    st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), min_size=1, max_size=12
)


def outcome(make: Any, name: str) -> Any:
    try:
        return getattr(make(), name)
    except ConfigError:
        return ConfigError


@given(name=st.sampled_from(READ_FROM_TEXT), text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_argument_environment_and_assignment_agree_on_any_text(name: str, text: str) -> None:
    def assigned() -> Config:
        config = Config()
        setattr(config, name, text)
        return config

    by_argument = outcome(lambda: Config(**{name: text}), name)
    assert outcome(assigned, name) == by_argument
    with mock.patch.dict(os.environ, {f"INFRAHUB_{name.upper()}": text}):
        assert outcome(Config, name) == by_argument


# Sources


def test_an_argument_counts_before_the_environment_even_if_it_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_TIMEOUT", "10")
    assert Config(timeout=60).timeout == 60
    assert Config().timeout == 10


@pytest.mark.skipif(sys.platform == "win32", reason="the environment of Windows knows no case")
def test_a_variable_may_be_in_any_case_and_upper_case_counts_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("infrahub_Timeout", "10")
    assert Config().timeout == 10
    monkeypatch.setenv("INFRAHUB_TIMEOUT", "20")
    assert Config().timeout == 20


@pytest.mark.parametrize("name", sorted(FIELDS - NOT_IN_ENVIRONMENT))
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"INFRAHUB_{name.upper()}", "")
    assert repr(Config()) == "Config()"


def test_other_variables_with_the_prefix_are_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_DB_TYPE", "neo4j")
    monkeypatch.setenv("INFRAHUB_LOG", "x")
    monkeypatch.setenv("INFRAHUB_REQUESTER", "x")
    assert repr(Config()) == "Config()"


def test_the_token_has_a_second_variable_which_counts_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_SDK_API_TOKEN", "second")
    assert Config().api_token == "second"
    monkeypatch.setenv("INFRAHUB_API_TOKEN", "first")
    assert Config().api_token == "first"


def test_the_error_names_the_variable_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_TIMEOUT", "soon")
    assert problems() == [
        "timeout: 'soon' from the environment variable INFRAHUB_TIMEOUT is wrong;"
        " allowed is a number of seconds above 0 and up to 2000000."
    ]


def test_one_error_names_everything_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_PAGINATION_SIZE", "none")
    monkeypatch.setenv("INFRAHUB_PROXY_MOUNTS", '{"htp": "http://x", "https": "x://y"}')
    found = problems(address="localhost", timeout=-1, adress="http://h", username="me")
    assert [text.partition(":")[0] for text in found] == [
        "adress",
        "address",
        "pagination_size",
        "timeout",
        "proxy_mounts.htp",
        "proxy_mounts.https",
        "password",
    ]


def test_the_error_of_one_field_is_one_line() -> None:
    with pytest.raises(ConfigError) as caught:
        Config(mode="x")
    assert str(caught.value) == "Config: mode: 'x' from the argument is wrong; allowed is 'default' or 'tracking'."


def test_the_error_of_several_fields_has_a_line_for_each() -> None:
    with pytest.raises(ConfigError) as caught:
        Config(mode="x", timeout="y")
    lines = str(caught.value).splitlines()
    assert lines[0] == "Config: 2 settings are wrong."
    assert [line[: line.index(":")] for line in lines[1:]] == ["  - mode", "  - timeout"]


@pytest.mark.parametrize("kind", [ConfigError, ValidationError, ValueError, Error])
def test_programs_may_catch_the_error_as(kind: type[Exception]) -> None:
    with pytest.raises(kind):
        Config(timeout="soon")


def test_the_error_survives_pickling() -> None:
    with pytest.raises(ConfigError) as caught:
        Config(timeout="soon")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(("name", "meant"), [("timout", "timeout"), ("token", "api_token"), ("retry_codes", "retry_")])
def test_an_unknown_field_is_refused_with_the_nearest_one(name: str, meant: str) -> None:
    (problem,) = problems(**{name: 1})
    assert problem.startswith(f"{name}: there is no such setting. Did you mean ")
    assert meant in problem


def test_an_unknown_field_cannot_be_assigned() -> None:
    config: Any = Config()
    with pytest.raises(ConfigError, match="timout: there is no such setting"):
        config.timout = 5
    assert not hasattr(config, "timout")


def test_what_is_assigned_is_normalised() -> None:
    config = Config()
    config.address = "http://h/"
    assert config.address == "http://h"


# Secrets


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_token": "s3cr3t"},
        {"username": "me", "password": "s3cr3t"},
        {"proxy": "http://me:s3cr3t@proxy.example"},
        {"address": "http://me:s3cr3t@infrahub.example"},
        {"proxy_mounts": {"https": "http://me:s3cr3t@proxy.example"}},
        {"sync_requester": mock.Mock(name="s3cr3t")},
        {"log": mock.Mock(name="s3cr3t")},
    ],
)
def test_no_secret_is_in_the_repr(arguments: dict[str, Any]) -> None:
    assert "s3cr3t" not in repr(Config(**arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_token": "s3cr3t\n"},
        {"api_token": ["s3cr3t"]},
        {"password": b"s3cr3t", "username": "me"},
        {"password": "s3cr3t"},
        {"proxy": "ftp://me:s3cr3t@proxy.example"},
        {"proxy": "http//me:s3cr3t@proxy.example"},
        {"proxy": "http://me:s3cr3t/@proxy example"},
        {"address": "http://me:s3cr3t@infrahub.example:port"},
        {"address": "http://me:s3cr3t@infrahub.example/?"},
        {"proxy_mounts": {"http": "ftp://me:s3cr3t@proxy.example"}},
        {"proxy_mounts": '{"http": "me:s3cr3t@'},
        {"proxy_mounts": ["http://me:s3cr3t@proxy.example"]},
        {"api_token": "s3cr3t", "username": "me", "password": "s3cr3t"},
        {"timeout": mock.Mock(name="s3cr3t")},
        {"token": "s3cr3t"},
        {"proxy": ["http://me:s3cr3t@proxy.example"]},
        {"retry_status_codes": ["s3cr3t"]},
    ],
)
def test_no_secret_is_in_an_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        Config(**arguments)
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "s3cr3t" not in f"{chain} {chain!r} {chain.args}"
        chain = chain.__cause__ or chain.__context__


def test_the_repr_shows_what_differs_from_the_defaults() -> None:
    config = Config(
        timeout=60, api_token="x", mode="tracking", proxy="http://me:pw@proxy:3128", log=logging.getLogger()
    )
    assert repr(config) == ("Config(api_token='***', mode='tracking', proxy='http://***@proxy:3128', log=<RootLogger>)")
    assert repr(Config()) == "Config()"


def test_the_repr_shows_proxies_that_the_environment_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_PROXY_MOUNTS_HTTPS", "http://me:pw@proxy:3128")
    assert repr(Config()) == "Config(proxy_mounts=ProxyMountsConfig(https='http://***@proxy:3128'))"
