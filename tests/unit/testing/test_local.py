"""A local Infrahub from its start to its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import infrahub_sdk.testing
from infrahub_sdk.exceptions import Error, FileNotValidError, ValidationError
from infrahub_sdk.testing import LocalInfrahub

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE: dict[str, Any] = {
    "version": "1.0",
    "nodes": [
        {
            "name": "Site",
            "namespace": "Location",
            "human_friendly_id": ["name__value"],
            "attributes": [{"name": "name", "kind": "Text", "unique": True}],
        }
    ],
}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(infrahub_sdk.__file__).parent.parent)}


def test_it_begins_with_the_schemas_that_are_given() -> None:
    with LocalInfrahub([SITE]) as infrahub:
        client = infrahub.client_sync()
        client.create("LocationSite", name="atl1").save()
        assert client.get("LocationSite", hfid=["atl1"]).name.value == "atl1"


def test_schemas_are_read_from_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text(json.dumps(SITE))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "rack.yml").write_text(
        "version: '1.0'\nnodes:\n- {name: Rack, namespace: Location, attributes: [{name: name, kind: Text}]}\n"
    )
    with LocalInfrahub([tmp_path]) as infrahub:
        assert {"LocationSite", "LocationRack"} <= set(infrahub.client_sync().schema.all())


@pytest.mark.parametrize(
    ("schemas", "words"),
    [
        (["nowhere.yml"], "no file nowhere.yml"),
        (SITE, "must be a list"),
        (5, "must be a list"),
        ([SITE, None], r"\[1\] must be a dictionary or a path"),
        (
            [SITE, {"version": "1.0", "nodes": [{"name": "site", "namespace": "Location"}]}],
            r"schemas\[1\]: nodes\.0\.name: ",
        ),
    ],
)
def test_schemas_that_cannot_be_are_refused_before_it_starts(schemas: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LocalInfrahub(schemas)


def test_a_file_that_holds_no_schema_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("a: [")
    with pytest.raises(ValidationError, match=r"broken\.yml is no YAML, line 1, column 5: ") as caught:
        LocalInfrahub([tmp_path])
    assert "\n" not in str(caught.value)


def test_a_file_whose_schema_is_refused_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "rack.yml").write_text(
        "version: '1.0'\nnodes: []\n---\nversion: '1.0'\nnodes: [{name: 5, namespace: A}]\n"
    )
    with pytest.raises(ValidationError, match=r"rack\.yml \(document 2\): nodes\.0\.name: "):
        LocalInfrahub([SITE, tmp_path])


def test_what_is_kept_in_a_file_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    with LocalInfrahub([SITE], data=path) as infrahub:
        infrahub.client_sync().create("LocationSite", name="atl1").save()
        infrahub.client_sync().branch.create("other", sync_with_git=False)
    with LocalInfrahub(data=path) as infrahub:
        client = infrahub.client_sync()
        assert [site.name.value for site in client.all("LocationSite")] == ["atl1"]
        assert set(client.branch.all()) == {"main", "other"}


def test_a_reset_leaves_the_schemas_and_nothing_else() -> None:
    with LocalInfrahub([SITE]) as infrahub:
        client = infrahub.client_sync()
        client.create("LocationSite", name="atl1").save()
        client.branch.create("other", sync_with_git=False)
        infrahub.reset()
        assert client.count("LocationSite") == 0
        assert set(client.branch.all()) == {"main"}


def test_a_reset_of_a_file_that_was_there_leaves_the_schemas_too(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    with LocalInfrahub(data=path) as infrahub:
        infrahub.client_sync().create("BuiltinTag", name="red").save()
    with LocalInfrahub([SITE], data=path) as infrahub:
        infrahub.reset()
        assert infrahub.client_sync().count("BuiltinTag") == 0
        assert infrahub.client_sync().count("LocationSite") == 0


def test_two_of_them_know_nothing_of_one_another() -> None:
    with LocalInfrahub() as one, LocalInfrahub() as other:
        one.client_sync().create("BuiltinTag", name="red").save()
        assert other.client_sync().count("BuiltinTag") == 0


def test_nothing_is_left_of_it_when_it_has_ended() -> None:
    threads = set(threading.enumerate())
    with LocalInfrahub() as infrahub:
        client = infrahub.client_sync()
        assert client.count("BuiltinTag") == 0
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)
    with pytest.raises(ConnectionRefusedError), socket.socket() as probe:
        probe.connect(("127.0.0.1", infrahub._server.server_port))


def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            LocalInfrahub(port=taken.getsockname()[1])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"port": 70000}, "port: it must be"),
        ({"port": "80"}, "port: it must be"),
        ({"host": ""}, "host: it must be"),
        ({"data": ""}, "data: it must be"),
        ({"data": 5}, "data: it must be"),
        ({"access_token_seconds": "x"}, "access_token_seconds: it must be"),
    ],
)
def test_an_argument_that_cannot_be_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LocalInfrahub(**fields)


def test_a_host_that_there_is_not_is_named() -> None:
    with pytest.raises(OSError, match=r"of 192\.0\.2\.1: "):
        LocalInfrahub(host="192.0.2.1")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    path.write_text("no database " * 1000)
    with pytest.raises(FileNotValidError, match=r"infrahub\.db"):
        LocalInfrahub(data=path)


def test_a_file_that_is_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    with LocalInfrahub(data=path):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with pytest.raises(FileNotValidError, match=r"infrahub\.db"):
        LocalInfrahub(data=path)
    assert path.read_bytes() == whole[:4096] + bytes(len(whole) - 4096)


def test_a_file_that_another_one_has_is_refused_and_stays_whole(tmp_path: Path) -> None:
    with LocalInfrahub(data=tmp_path / "infrahub.db") as infrahub:
        with pytest.raises(FileNotValidError, match="in use"):
            LocalInfrahub(data=tmp_path / "infrahub.db")
        assert infrahub.client_sync().count("BuiltinTag") == 0


def test_one_that_was_not_started_is_stopped_and_one_that_was_stopped_stays_so() -> None:
    infrahub = LocalInfrahub()
    assert repr(infrahub).endswith(", not started>")
    infrahub.stop()
    infrahub.stop()
    assert repr(infrahub).endswith(", stopped>")
    with pytest.raises(RuntimeError, match="has been stopped"):
        infrahub.start()


def test_a_request_that_is_carried_out_while_it_ends_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    infrahub = LocalInfrahub(data=path).start()
    answered: list[str] = []

    def write(number: int) -> None:
        client = infrahub.client_sync(retry_on_failure=False)
        with suppress(Error):
            for position in range(1000):
                client.create("BuiltinTag", name=f"{number}-{position}").save()
                answered.append(f"{number}-{position}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while len(answered) < 5:
        assert any(thread.is_alive() for thread in threads)
    infrahub.stop()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    with LocalInfrahub(data=path) as infrahub:
        assert set(answered) <= {tag.name.value for tag in infrahub.client_sync().all("BuiltinTag")}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_uses_it_and_does_not_end_it() -> None:
    with LocalInfrahub() as infrahub:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                infrahub.client_sync().create("BuiltinTag", name="red").save()
                infrahub.stop()
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert infrahub.client_sync().count("BuiltinTag") == 1


def test_a_connection_that_nobody_uses_ends_with_it() -> None:
    with LocalInfrahub() as infrahub:
        threads = set(threading.enumerate())
        connection = socket.create_connection(("127.0.0.1", infrahub._server.server_port))
        connection.sendall(b"GET /api/info HTTP/1.1\r\n\r\n")
        assert connection.recv(1000)
        [handler] = set(threading.enumerate()) - threads
    handler.join(10)
    assert not handler.is_alive()
    connection.close()


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infrahub_sdk._extras.find_spec", lambda name: None if name == "graphql" else object())
    with pytest.raises(ModuleNotFoundError, match=r"graphql.*pip install 'infrahub-sdk\[testing\]'"):
        _ = infrahub_sdk.testing.__getattr__("LocalInfrahub")


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Any]:
    """Starts `infrahubctl server start`, and gives the process and the first line that it prints."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "infrahub_sdk.ctl", "server", "start", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=ENVIRONMENT,
        )
        processes.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_the_command_serves_until_it_is_interrupted_and_keeps_the_file(command: Any, tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text(json.dumps(SITE))
    process, line = command("--schema", "site.json", "--data", "infrahub.db")
    address = line.split()[2].rstrip(",")
    client = infrahub_sdk.InfrahubClientSync(
        config=infrahub_sdk.Config(address=address, api_token=LocalInfrahub.api_token)
    )
    with client:
        client.create("LocationSite", name="atl1").save()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    with LocalInfrahub(data=tmp_path / "infrahub.db") as infrahub:
        assert infrahub.client_sync().count("LocationSite") == 1


def test_a_command_that_cannot_be_says_why_in_one_line(command: Any) -> None:
    process, _ = command("--schema", "nowhere.yml")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.startswith("infrahubctl: ")
    assert "nowhere.yml" in errors
    assert errors.count("\n") == 1
