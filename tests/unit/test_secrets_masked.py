"""Where secrets are masked: in recordings, in what is printed on demand, in diagnoses, and in documents.

That no error shows one is tested in `test_secrets.py`.
"""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.exceptions import GraphQLError, NodeNotFoundError
from tests.servers import ScriptedServer, Step, answer, close
from tests.unit.fake import Fake
from tests.unit.kinds import attribute, kind, relationship, schema
from tests.unit.leaks import CLIENTS, Program, app, done, leaks_in, mark, says
from tests.unit.test_secrets import SAMPLE_ID, SECRET_QUERY, VARIABLES, data, errors, garbage, sample

if TYPE_CHECKING:
    from pathlib import Path


def recordings_in(directory: Path) -> list[str]:
    """The recordings in a directory, with their names."""
    return [path.name + path.read_text(encoding="utf-8") for path in directory.iterdir()]


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
async def test_no_secret_comes_out_where_all_goes_well(
    client_class: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFRAHUB_JSON_RECORDER_DIRECTORY", str(tmp_path))
    password = {"value": mark("attribute")}
    read = data(
        TestingSample={"count": 1, "edges": [sample(a_password=password, a_hashedpassword={"value": mark("hashed")})]}
    )
    saved = data(TestingSampleCreate={"ok": True, "object": {"id": SAMPLE_ID, "display_label": "s"}})
    token = data(InfrahubAccountTokenCreate={"object": {"token": {"value": mark("new")}}})
    with ScriptedServer(app(read, saved, token)) as server:
        program = Program(client_class, server)
        with program.listening(caplog, capfd):
            client = program.login_client(recorder="json", echo_graphql_queries=True)
            node = await done(client.get("TestingSample", a_password__value=mark("filter")))
            assert node.a_password.value == mark("attribute")
            program.keep(node, node.a_password, node.a_hashedpassword)
            new = await done(client.create("TestingSample", name="s", a_password=mark("attribute")))
            await done(new.save())
            document = (
                f'mutation Q($password: String) {{ Create(secret: "{mark("literal")}", password: $password) {{ ok }} }}'
            )
            await done(client.execute_graphql(document, {"password": mark("variable"), "names": ["shown"]}))
            client.config.echo_graphql_queries = False
            await done(client.execute_graphql(SECRET_QUERY, VARIABLES))
            await program.finish()
    assert "shown" in str(program.shown)
    recordings = recordings_in(tmp_path)
    assert len(recordings) == 6  # the login, the schema, and four documents
    program.shown += recordings
    assert program.leaks == []


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("path", ["direct", "proxy", "tunnel"])
@pytest.mark.parametrize(
    "step",
    [
        answer(b'{"version": "1.11.9"}'),
        says("401 no", errors),
        says("502 no", lambda text: text.encode()),
        garbage,
        close,
    ],
    ids=["answers", "401", "502", "garbage", "closes"],
)
async def test_no_secret_comes_out_of_a_diagnosis(
    step: Step, path: str, client_class: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with ScriptedServer([step]) as server:
        program = Program(client_class, server)
        proxy = server.url.replace("://", f"://proxyuser:{mark('proxy')}@")
        scheme = "https" if path == "tunnel" else "http"
        fields = (
            {} if path == "direct" else {"address": f"{scheme}://me:{mark('address')}@infrahub.test", "proxy": proxy}
        )
        with program.listening(caplog, capfd):
            diagnosis = await done(program.client(**fields).diagnose())
            program.keep(diagnosis, *diagnosis.steps)
            await program.finish()
    assert program.leaks == []


def test_copies_and_pickles_of_settings_work_and_show_no_secret() -> None:
    config = Config(
        address=f"http://me:{mark('address')}@infrahub",
        api_token=mark("token"),
        proxy=f"http://me:{mark('proxy')}@proxy",
    )
    copies = [config.clone("b"), copy.copy(config), copy.deepcopy(config), pickle.loads(pickle.dumps(config))]
    copies.append(Config(**dataclasses.asdict(config)))
    assert [twin.api_token for twin in copies] == [mark("token")] * 5
    assert [leak for twin in copies for leak in leaks_in(f"{twin} {twin!r}")] == []


@pytest.mark.parametrize("name", ["a_password__value", "account__password__value"])
def test_a_filter_on_a_password_travels_as_a_variable(name: str) -> None:
    kinds = schema()
    kinds["nodes"].append(kind("Core", "Account", attributes=[attribute("password", "HashedPassword")]))
    sample_kind = next(item for item in kinds["nodes"] if item["kind"] == "TestingSample")
    sample_kind["relationships"] = [relationship("account", "CoreAccount")]
    fake = Fake(kinds)
    client = InfrahubClientSync(config=fake.config())
    fake.answers_data({"TestingSample": {"count": 0, "edges": []}})
    with pytest.raises(NodeNotFoundError, match=rf"{name}': '\*\*\*', 'name__value': 'shown'"):
        client.get("TestingSample", **{name: mark("filter"), "name__value": "shown"})
    (sent,) = fake.sent
    assert "query Get_TestingSample ($offset: Int!, $limit: Int!, $secret0: String) {" in sent.document
    assert f'TestingSample({name}: $secret0, name__value: "shown", offset: $offset, limit: $limit)' in sent.document
    assert sent.payload["variables"]["secret0"] == mark("filter")


def test_what_a_server_says_back_is_masked_however_it_is_escaped() -> None:
    variables = {"x": 'pass"wörd & <more>', "short": "red", "word": "pass"}
    words = [
        'pass"wörd & <more>',
        r"pass\"wörd & <more>",
        r"pass\"w\u00f6rd & <more>",
        "pass&quot;wörd &amp; &lt;more&gt;",
    ]
    words += ["pass%22w%C3%B6rd%20%26%20%3Cmore%3E"]
    for word in words:
        assert str(GraphQLError([{"message": f"no {word}."}], "query", variables)).endswith(": no ***.")
    said = str(GraphQLError([{"message": "red bypass pass"}], "query", variables))
    assert said.endswith(": red bypass ***")  # what is short is nothing to hide, and stands in many words


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
async def test_a_redirect_to_another_server_takes_no_credential_along(client_class: Any) -> None:
    with ScriptedServer([answer(b"{}")]) as other:
        moved = answer(b"", "302 Found", {"Location": f"{other.url}/schema.graphql"})
        with ScriptedServer([moved]) as server:
            client = Program(client_class, server).client()
            await done(client.schema.get_graphql_schema())
            await done(client.close())
    assert mark("header") in server.requests[0].raw.decode()
    assert leaks_in(other.requests[0].raw.decode()) == []


@pytest.mark.parametrize("value", [mark("attribute"), 12345])
def test_a_password_is_saved_in_a_variable(value: Any) -> None:
    fake = Fake(schema())
    client = InfrahubClientSync(config=fake.config())
    fake.answers_data({"TestingSampleCreate": {"ok": True, "object": {"id": SAMPLE_ID}}})
    client.create("TestingSample", name="s", a_password=value).save()
    assert "a_password: { value: $secret0 }" in fake.sent[0].document
    assert fake.sent[0].payload["variables"] == {"secret0": str(value)}


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
async def test_what_is_wrong_with_a_schema_is_said_without_credentials(client_class: Any) -> None:
    with ScriptedServer([says("422 no", errors)]) as server:
        program = Program(client_class, server)
        client = program.client()
        for answered in (await done(client.schema.load([{}])), await done(client.schema.check([{}]))):
            program.keep(answered)
        await program.finish()
    assert "I heard POST /api/schema/check" in str(program.shown)
    assert program.leaks == []


def test_errors_keep_what_the_server_said_of_variables_and_not_of_credentials() -> None:
    fake = Fake()
    client = InfrahubClientSync(config=fake.config(api_token=mark("token")))
    fake.answers_errors(f"{mark('token')} may not do this to {mark('variable')}")
    with pytest.raises(GraphQLError, match=r"\*\*\* may not do this to \*\*\*") as caught:
        client.execute_graphql(SECRET_QUERY, {"x": mark("variable")})
    assert caught.value.errors[0]["message"] == f"*** may not do this to {mark('variable')}"
    assert caught.value.variables == {"x": mark("variable")}
