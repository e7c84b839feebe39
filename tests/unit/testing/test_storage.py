"""The database: what is written stays, alone, and in order."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infrahub_sdk.exceptions import FileNotValidError
from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.database.storage import LAYOUT, MAIN, Storage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.testing.branch_world import World

NODE = {"id": "1", "kind": "K", "branch": MAIN, "since": 1}


def ids(storage: Storage) -> list[str]:
    return [row[0] for row in storage.rows("select id from node order by id")]


def test_what_is_written_to_a_file_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    storage = Storage(path)
    with storage.transaction():
        storage.insert("node", [NODE])
    storage.close()
    again = Storage(path)
    assert ids(again) == ["1"]
    again.close()


def test_a_server_finds_its_data_again(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    app = App(path)
    id = app.deployment_id
    app.close()
    again = App(path)
    assert again.deployment_id == id
    again.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    storage = Storage()
    with pytest.raises(RuntimeError), storage.transaction():
        storage.insert("node", [NODE])
        assert storage.remembered("select id from node") == [("1",)]
        raise RuntimeError
    assert ids(storage) == []
    assert storage.remembered("select id from node") == []
    storage.close()


def test_a_transaction_inside_another_belongs_to_it() -> None:
    storage = Storage()
    with pytest.raises(RuntimeError), storage.transaction():
        with storage.transaction():
            storage.insert("node", [NODE])
        raise RuntimeError
    assert ids(storage) == []
    storage.close()


def test_times_grow_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage()
    monkeypatch.setattr("time.time_ns", lambda: 5_000)
    assert [storage.now(), storage.now()] == [5, 6]
    monkeypatch.setattr("time.time_ns", lambda: 1_000)
    assert storage.now() == 7
    storage.close()


def test_times_grow_over_the_end_of_a_process_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "data.db")
    storage = Storage(path)
    with storage.transaction():
        last = storage.now()
    storage.close()
    monkeypatch.setattr("time.time_ns", lambda: 1_000)
    again = Storage(path)
    assert again.now() > last
    again.close()


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    Storage(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"pragma user_version = {LAYOUT + 1}")
    connection.close()
    with pytest.raises(FileNotValidError, match=rf"layout {LAYOUT + 1} .* needs {LAYOUT}") as raised:
        Storage(path)
    assert raised.value.name == path


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "other.db")
    connection = sqlite3.connect(path)
    connection.execute("create table mine (id)")
    connection.close()
    with pytest.raises(FileNotValidError, match=r"other\.db is none of ours"):
        Storage(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("no database" * 100)
    with pytest.raises(FileNotValidError, match=r"text\.db cannot be opened: file is not a database"):
        Storage(str(path))


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotValidError, match="cannot be opened"):
        Storage(str(tmp_path))
    with pytest.raises(FileNotValidError, match="cannot be opened"):
        Storage(str(tmp_path / "nowhere" / "data.db"))


def test_a_file_that_another_process_has_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    code = (
        "import sys; from infrahub_sdk.testing.server.database.storage import Storage;"
        "storage = Storage(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"open"
        with pytest.raises(FileNotValidError, match=r"data\.db is in use by another process"):
            Storage(path)
        process.communicate()
    Storage(path).close()


def test_a_reset_brings_back_what_was_there_at_the_start(world: World) -> None:
    id = world.app.deployment_id
    world.create("TestingSite", name="a")
    world.fork("work")
    world.app.reset()
    assert world.values("TestingSite") == []
    assert world.ask("{ Branch { name } }") == [{"name": "main"}]
    assert world.app.deployment_id == id


def test_a_server_with_data_is_reset_to_one_that_has_none(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    App(path).close()
    app = App(path)
    session = app.session()
    count = session.count(session.kinds["CoreAccount"], {})
    with app.storage.transaction():
        app.storage.insert("node", [{**NODE, "kind": "CoreAccount"}])
    app.reset()
    assert app.session().count(session.kinds["CoreAccount"], {}) == count
    app.close()
