"""Random programs on the default branch and two others: the server has what a plain model of copies has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.testing.branch_model import Graph, Model

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

BRANCHES = ("main", "one", "two")
KINDS = {"device": "TestingDevice", "site": "TestingSite", "tag": "BuiltinTag"}

number = st.integers(0, 7)
branch = st.sampled_from(BRANCHES)
step = st.one_of(
    st.tuples(st.just("create"), branch, st.sampled_from([*KINDS])),
    st.tuples(st.just("height"), branch, number, st.integers(1, 3)),
    st.tuples(st.just("site"), branch, number, st.one_of(st.none(), number)),
    st.tuples(st.just("tags"), branch, number, st.sets(number, max_size=3)),
    st.tuples(st.just("delete"), branch, st.sampled_from([*KINDS]), number),
    st.tuples(st.just("rebase"), st.sampled_from(BRANCHES[1:])),
    st.tuples(st.just("merge"), st.sampled_from(BRANCHES[1:])),
    st.tuples(st.just("propose"), st.sampled_from(BRANCHES[1:]), st.sampled_from(["base", "diff"])),
)


class Program:
    """Does the same on the server and on the model."""

    def __init__(self, world: World) -> None:
        self.world, self.model = world, Model()
        self._made = 0
        for kind in (*KINDS, *KINDS):
            self.create("main", kind)
        for name in BRANCHES[1:]:
            self.fork(name)

    def fork(self, name: str) -> None:
        self.world.fork(name)
        self.model.fork(name)

    def create(self, branch: str, kind: str) -> None:
        self._made += 1
        id = self.world.create(KINDS[kind], branch, name=f"{kind} {self._made}")
        graph = self.model.graphs[branch]
        graph.nodes[id] = kind
        graph.values[id, "name"] = f"{kind} {self._made}"

    def pick(self, branch: str, kind: str, numbers: Any) -> list[str]:
        """Nodes of a branch."""
        ids = [id for id, of in self.model.graphs[branch].nodes.items() if of == kind]
        return list(dict.fromkeys(ids[number % len(ids)] for number in numbers)) if ids else []

    def height(self, branch: str, device: int, value: int) -> None:
        for id in self.pick(branch, "device", [device]):
            self.world.update(id, branch, height=value)
            self.model.graphs[branch].values[id, "height"] = value

    def site(self, branch: str, device: int, site: int | None) -> None:
        peers = [] if site is None else self.pick(branch, "site", [site])
        for id in self.pick(branch, "device", [device]):
            self.world.update(id, branch, site=tuple(peers))
            self.model.graphs[branch].point("site", id, set(peers))

    def tags(self, branch: str, device: int, tags: set[int]) -> None:
        peers = set(self.pick(branch, "tag", tags))
        for id in self.pick(branch, "device", [device]):
            self.world.update(id, branch, tags=peers)
            self.model.graphs[branch].point("tags", id, peers)

    def delete(self, branch: str, kind: str, node: int) -> None:
        for id in self.pick(branch, kind, [node]):
            self.world.delete(id, branch)
            self.model.graphs[branch].remove(id)

    def rebase(self, name: str) -> None:
        if self.model.has_conflicts(name):
            assert "conflicts" in self.world.rebase_refusal(name)
        else:
            self.world.rebase(name)
            self.model.rebase(name)

    def merge(self, name: str) -> None:
        if self.model.has_conflicts(name):
            assert "conflicts" in self.world.merge_refusal(name)
        else:
            self.world.merge(name)
            self.model.merge(name)
            assert self.graph(name) == self.model.graphs[name], "a merged branch stays as it is"
        self.start_again(name)

    def propose(self, name: str, side: str) -> None:
        if self.model.can_settle(name):
            for conflict in self.world.conflicts(name).values():
                self.world.choose(conflict, side)
            self.world.ask(self.world.proposal(name))
            self.model.merge(name, side)
        else:
            assert "conflicts" in self.world.refusal(self.world.proposal(name))["message"]
        self.start_again(name)

    def start_again(self, name: str) -> None:
        self.world.ask(f'mutation {{ BranchDelete(data: {{name: "{name}"}}) {{ ok }} }}')
        self.fork(name)

    def graph(self, branch: str) -> Graph:
        """What the server has on a branch."""
        session = self.world.app.session(branch)
        graph = Graph()
        for kind, name in KINDS.items():
            for node in session.find(session.kinds[name], {}):
                graph.nodes[node.id] = kind
                for attribute in ("name", "height"):
                    value = node.values.get(attribute)
                    if value is not None and value.value is not None:
                        graph.values[node.id, attribute] = value.value
                for relationship in ("site", "tags") if kind == "device" else ():
                    edges = node.edges(node.kind.relationships[relationship])
                    graph.edges |= {(relationship, node.id, edge.node.id) for edge in edges}
        return graph


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=8, max_size=30))
def test_branches_are_what_copies_would_be(one_world: World, steps: list[Any]) -> None:
    one_world.app.reset()
    program = Program(one_world)
    for what, *arguments in steps:
        getattr(program, what)(*arguments)
    for name in BRANCHES:
        assert program.graph(name) == program.model.graphs[name], name
