"""What the settings of a client are, which of them exclude each other, and what is made of them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import json
import logging
import pickle
import ssl
import sys
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import trustme

from infrahub_sdk.config import Config, ConfigBase, ConfigError, ProxyMountsConfig
from infrahub_sdk.constants import InfrahubClientMode, RequesterTransport
from infrahub_sdk.playback import JSONPlayback
from infrahub_sdk.recorder import JSONRecorder, NoRecorder, RecorderType

if TYPE_CHECKING:
    from pathlib import Path

PROXY = "http://proxy.example:3128"
FIELDS = [field.name for field in dataclasses.fields(Config)]


def problems(**arguments: Any) -> list[str]:
    """What is wrong with a configuration."""
    with pytest.raises(ConfigError) as caught:
        Config(**arguments)
    return caught.value.messages or []


# Defaults and types

DEFAULTS = {
    "address": "http://localhost:8000",
    "api_token": None,
    "echo_graphql_queries": False,
    "username": None,
    "password": None,
    "default_branch": "main",
    "default_branch_from_git": False,
    "identifier": None,
    "insert_tracker": False,
    "max_concurrent_execution": 5,
    "mode": InfrahubClientMode.DEFAULT,
    "not_loaded": None,
    "pagination_size": 50,
    "priority": None,
    "retry_delay": 5,
    "retry_max_delay": 60,
    "retry_on_failure": False,
    "retry_status_codes": [500, 502, 503, 504],
    "rate_limit_retry_enabled": True,
    "rate_limit_max_retries": 10,
    "rate_limit_backoff_base": 0.5,
    "rate_limit_backoff_max": 60.0,
    "max_retry_duration": 300,
    "schema_converge_timeout": 60,
    "timeout": 60,
    "connect_timeout": None,
    "total_timeout": None,
    "transport": RequesterTransport.HTTPX,
    "proxy": None,
    "proxy_mounts": ProxyMountsConfig(http=None, https=None),
    "marketplace_url": "https://marketplace.infrahub.app",
    "update_group_context": False,
    "tls_insecure": False,
    "tls_ca_file": None,
    "recorder": RecorderType.NONE,
    "custom_recorder": NoRecorder(),
    "requester": None,
    "sync_requester": None,
    "log": None,
}


def test_without_arguments_and_environment_every_field_has_its_default() -> None:
    assert {name: getattr(Config(), name) for name in FIELDS} == DEFAULTS


def test_no_two_configurations_share_a_list() -> None:
    Config().retry_status_codes.append(599)
    assert Config().retry_status_codes == [500, 502, 503, 504]


@pytest.mark.parametrize("cls", [Config, ConfigBase, ProxyMountsConfig, JSONRecorder, JSONPlayback])
def test_settings_are_dataclasses(cls: Any) -> None:
    assert dataclasses.is_dataclass(cls)
    assert dataclasses.fields(cls) == dataclasses.fields(cls())


def test_the_signature_names_every_field_and_its_default() -> None:
    parameters = inspect.signature(Config).parameters
    assert list(parameters) == FIELDS
    assert parameters["timeout"].default == 60
    assert parameters["timeout"].annotation == "float"


def test_a_subclass_may_have_fields_of_its_own_even_after_config_was_used_as_a_dataclass() -> None:
    from infrahub_sdk._readers import whole_number
    from infrahub_sdk._settings import setting

    class Mine(Config):
        workers: int = setting(default=1, reads=whole_number(least=1))

    assert Mine(workers="3", timeout=5).workers == 3
    assert [field.name for field in dataclasses.fields(Mine)] == [*FIELDS, "workers"]
    assert not hasattr(Config, "workers")


def test_positional_arguments_are_refused() -> None:
    cls: Any = Config
    with pytest.raises(TypeError):
        cls("http://localhost:8000")


# Ways to authenticate

TOKEN = {"INFRAHUB_API_TOKEN": "t"}
USER = {"INFRAHUB_USERNAME": "u"}
PASSWORD = {"INFRAHUB_PASSWORD": "p"}


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({}, {"api_token": "x"}, ("x", None, None)),
        ({}, {"username": "a", "password": "b"}, (None, "a", "b")),
        (TOKEN, {}, ("t", None, None)),
        ({**USER, **PASSWORD}, {}, (None, "u", "p")),
        ({**USER, **PASSWORD}, {"api_token": "x"}, ("x", None, None)),
        (USER, {"api_token": "x"}, ("x", None, None)),
        (TOKEN, {"username": "a", "password": "b"}, (None, "a", "b")),
        (USER, {"password": "b"}, (None, "u", "b")),
        ({**TOKEN, **USER, **PASSWORD}, {"username": "a"}, (None, "a", "p")),
        ({**USER, **PASSWORD}, {"api_token": None}, (None, "u", "p")),
        ({**USER, **PASSWORD}, {"api_token": ""}, (None, "u", "p")),
        ({**USER, **PASSWORD}, {"username": None, "password": None}, (None, None, None)),
        (TOKEN, {"api_token": None}, (None, None, None)),
    ],
)
def test_credentials_of_arguments_count_before_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], arguments: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    config = Config(**arguments)
    assert (config.api_token, config.username, config.password) == expected
    assert config.password_authentication is bool(expected[1])


@pytest.mark.parametrize(
    ("environment", "arguments", "problem"),
    [
        (
            {},
            {"api_token": "x", "username": "a", "password": "b"},
            "api_token from the argument and username from the argument exclude each other; set one of them only.",
        ),
        (
            {**TOKEN, **USER, **PASSWORD},
            {},
            "api_token from the environment variable INFRAHUB_API_TOKEN and username from the environment variable"
            " INFRAHUB_USERNAME exclude each other; set one of them only.",
        ),
        ({}, {"username": "a"}, "password: it is needed beside username, which is given from the argument."),
        (TOKEN, {"username": "a"}, "password: it is needed beside username, which is given from the argument."),
        (
            PASSWORD,
            {},
            "username: it is needed beside password, which is given from the environment variable INFRAHUB_PASSWORD.",
        ),
    ],
)
def test_credentials_that_are_of_two_kinds_or_incomplete_are_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], arguments: dict[str, Any], problem: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert problems(**arguments) == [problem]


@pytest.mark.parametrize("name", ["username", "password"])
def test_an_empty_username_or_password_is_refused(name: str) -> None:
    assert f"{name}: '' from the argument is wrong (it is empty)" in problems(**{name: ""})[0]


def test_username_and_password_may_be_assigned_one_after_the_other() -> None:
    config = Config()
    config.username = "me"
    config.password = "secret"
    assert config.password_authentication


def test_a_token_cannot_be_assigned_beside_a_username() -> None:
    config = Config(username="me", password="secret")
    with pytest.raises(ConfigError, match="api_token from the assignment and username from the argument exclude"):
        config.api_token = "x"
    assert config.api_token is None


# Proxies


def test_the_variables_of_proxy_mounts_count_when_a_configuration_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Config().proxy_mounts.is_set
    monkeypatch.setenv("INFRAHUB_PROXY_MOUNTS_HTTP", PROXY)
    assert Config().proxy_mounts == ProxyMountsConfig(http=PROXY, https=None)
    assert Config().proxy_mounts.is_set


def test_a_wrong_variable_of_proxy_mounts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_PROXY_MOUNTS_HTTP", "ftp://x")
    (problem,) = problems()
    assert problem.startswith(
        "proxy_mounts.http: 'ftp://x' from the environment variable INFRAHUB_PROXY_MOUNTS_HTTP is wrong"
    )


@pytest.mark.parametrize(
    "environment", [{"INFRAHUB_PROXY_MOUNTS": json.dumps({"http": PROXY})}, {"INFRAHUB_PROXY_MOUNTS_HTTP": PROXY}]
)
def test_a_proxy_of_arguments_counts_before_mounts_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    config = Config(proxy="http://other:1")
    assert (config.proxy, config.proxy_mounts.is_set) == ("http://other:1", False)


def test_mounts_of_arguments_count_before_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_PROXY", "http://other:1")
    config = Config(proxy_mounts={"http": PROXY})
    assert (config.proxy, config.proxy_mounts.http) == (None, PROXY)


def test_a_proxy_and_mounts_from_one_place_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "exclude each other" in problems(proxy=PROXY, proxy_mounts={"http": PROXY})[0]
    monkeypatch.setenv("INFRAHUB_PROXY", PROXY)
    monkeypatch.setenv("INFRAHUB_PROXY_MOUNTS_HTTP", PROXY)
    assert "exclude each other" in problems()[0]


# TLS


def test_the_tls_context_is_made_once_and_again_for_other_settings() -> None:
    config = Config()
    first = config.tls_context
    assert config.tls_context is first
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)
    config.tls_insecure = True
    assert (config.tls_context.verify_mode, config.tls_context.check_hostname) == (ssl.CERT_NONE, False)


def test_an_own_tls_context_counts_before_the_settings() -> None:
    own = ssl.create_default_context()
    config = Config(tls_insecure=True)
    config.set_ssl_context(own)
    config.tls_insecure = False
    assert config.tls_context is own
    assert config.clone().tls_context is own


def test_the_authorities_of_tls_ca_file_are_trusted(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = Config(tls_ca_file=str(tmp_path / "ca.pem")).tls_context
    assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.write_text("no certificate"), "it holds no certificates in PEM form"),
        (lambda path: path.write_text(""), "it holds no certificates in PEM form"),
    ],
)
def test_a_tls_ca_file_that_cannot_be_used_is_named_with_its_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: Any, reason: str
) -> None:
    path = tmp_path / "ca.pem"
    make(path)
    monkeypatch.setenv("INFRAHUB_TLS_CA_FILE", str(path))
    config = Config()
    with pytest.raises(ConfigError) as caught:
        config.tls_context  # noqa: B018
    assert str(path) in str(caught.value)
    assert f"from the environment variable INFRAHUB_TLS_CA_FILE cannot be used ({reason})" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)


# Branch, logger, recordings


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/feature/x\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_branch_is_default_branch_unless_git_is_asked(checkout: Path) -> None:
    assert Config(default_branch="b").default_infrahub_branch == "b"
    assert Config(default_branch="b", default_branch_from_git=True).default_infrahub_branch == "feature/x"
    assert Config(default_branch="").default_infrahub_branch == "feature/x"


def test_outside_of_a_checkout_the_branch_is_default_branch_with_a_warning_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.warns(UserWarning, match="in no Git checkout"):
        assert Config(default_branch="b", default_branch_from_git=True).default_infrahub_branch == "b"
    with pytest.warns(UserWarning, match="in no Git checkout"):
        assert Config(default_branch="").default_infrahub_branch == "main"
    assert list(tmp_path.iterdir()) == []


def test_the_logger_is_log_or_that_of_the_package() -> None:
    own = logging.getLogger("own")
    assert Config(log=own).logger is own
    assert Config().logger is logging.getLogger("infrahub_sdk")


def test_with_the_transport_json_requests_are_answered_from_recordings() -> None:
    config: Any = Config(transport="json")
    assert isinstance(config.requester.__self__, JSONPlayback)
    assert isinstance(config.sync_requester.__self__, JSONPlayback)


def test_requesters_that_are_given_count_before_recordings() -> None:
    requester: Any = mock.Mock()
    config: Any = Config(transport="json", requester=requester)
    assert config.requester is requester
    assert isinstance(config.sync_requester.__self__, JSONPlayback)


def test_the_transport_may_be_changed_and_changed_back() -> None:
    config = Config()
    config.transport = RequesterTransport.JSON
    assert config.requester
    config.transport = RequesterTransport.HTTPX
    assert config.requester is None


def test_with_the_recorder_json_answers_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_RECORDER", "json")
    monkeypatch.setenv("INFRAHUB_JSON_RECORDER_DIRECTORY", "recordings")
    assert Config().custom_recorder == JSONRecorder(directory="recordings")


def test_a_recorder_that_is_given_counts_before_the_recorder_json() -> None:
    recorder = mock.Mock()
    assert Config(recorder="json", custom_recorder=recorder).custom_recorder is recorder


def test_the_recorder_may_be_changed_and_changed_back() -> None:
    config = Config()
    config.recorder = RecorderType.JSON
    assert config.custom_recorder == JSONRecorder()
    config.recorder = RecorderType.NONE
    assert config.custom_recorder == NoRecorder()


# Copies


def test_a_clone_is_equal_and_changes_on_its_own() -> None:
    config = Config(api_token="x", retry_status_codes=[502], proxy_mounts={"http": PROXY})
    clone = config.clone()
    assert clone == config
    clone.retry_status_codes.append(503)
    clone.proxy_mounts.http = None
    clone.timeout = 5
    assert (config.retry_status_codes, config.proxy_mounts.http, config.timeout) == ([502], PROXY, 60)


def test_a_clone_shares_what_cannot_be_copied() -> None:
    config = Config(log=logging.getLogger("own"), custom_recorder=mock.Mock(), sync_requester=mock.Mock())
    context = config.tls_context
    clone = config.clone()
    assert (clone.log, clone.custom_recorder, clone.sync_requester) == (
        config.log,
        config.custom_recorder,
        config.sync_requester,
    )
    assert clone.tls_context is context


def test_a_clone_for_a_branch_is_on_it_whatever_git_says(checkout: Path) -> None:
    config = Config(default_branch_from_git=True)
    assert config.clone(branch="other").default_infrahub_branch == "other"
    assert config.default_infrahub_branch == "feature/x"


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config)), dataclasses.replace],
    ids=["copy", "deepcopy", "pickle", "replace"],
)
def test_a_duplicate_is_equal(monkeypatch: pytest.MonkeyPatch, duplicate: Any) -> None:
    monkeypatch.setenv("INFRAHUB_API_TOKEN", "t")
    config = Config(proxy_mounts={"http": PROXY}, mode="tracking", transport="json")
    config.tls_context  # noqa: B018
    twin = duplicate(config)
    assert {**vars(twin), "requester": 0, "sync_requester": 0}.keys() >= set(FIELDS)
    for name in set(FIELDS) - {"requester", "sync_requester"}:
        assert getattr(twin, name) == getattr(config, name)
    assert twin.tls_context.verify_mode == ssl.CERT_REQUIRED


def test_a_replacement_keeps_what_the_environment_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_TIMEOUT", "10")
    config = Config()
    monkeypatch.delenv("INFRAHUB_TIMEOUT")
    twin = dataclasses.replace(config, address="http://other/")
    assert (twin.address, twin.timeout) == ("http://other", 10)
    with pytest.raises(ConfigError, match="timeout: 0 from the argument is wrong"):
        dataclasses.replace(config, timeout=0)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace came with Python 3.13")
def test_copy_replace_works() -> None:
    replace: Any = getattr(copy, "replace", None)
    assert replace(Config(mode="tracking"), timeout=5) == Config(mode="tracking", timeout=5)


def test_configurations_are_equal_if_all_fields_are() -> None:
    assert Config(timeout=5) == Config(timeout=5)
    assert Config(timeout=5) != Config(timeout=6)
    assert Config() != ConfigBase()
    assert Config() != "Config()"
