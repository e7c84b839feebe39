"""Executing operations: what a document selects is looked up once, and then resolved for any number of objects.

The executor of graphql-core looks at the types, directives and arguments of a field again for each object that has it,
which takes most of the time of a page. Here nothing is asynchronous and documents are known to be
valid, so that little is left to do for an object. What happens is what the GraphQL specification says of execution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    OperationType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    introspection_types,
    located_error,
)
from graphql.execution.values import get_argument_values, get_variable_values

from infrahub_sdk.testing.server.graphql.selected import Selections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLSchema

__all__ = ["Info", "execute"]

_META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef, "__typename": TypeNameMetaFieldDef}
_TYPE = introspection_types["__Type"]


def execute(
    schema: GraphQLSchema,
    operation: Any,
    fragments: Mapping[str, Any],
    variables: Mapping[str, Any],
    context: Any,
    before: Callable[[Info], None] | None = None,
) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """Execute an operation of a valid document.

    Args:
        schema: What the document is valid for.
        operation: The syntax of the operation.
        fragments: The syntax of the fragments of the document, by their names.
        variables: Values for the variables of the operation.
        context: What resolvers get as `info.context`.
        before: Called before each field of the operation itself is resolved; it may refuse that.

    Returns:
        The data, and what went wrong.
    """
    values: Any = get_variable_values(schema, operation.variable_definitions or (), dict(variables), max_errors=50)
    if isinstance(values, list):
        return None, values
    return _Execution(schema, operation, fragments, values, context).run(before)


class Info:
    """What a resolver gets to know of the field that it resolves.

    Attributes:
        context: The session.
        field_name: The name of the field.
        field_nodes: The pieces of syntax that select it.
        parent_type: The type that has it.
        return_type: Its type.
        schema: The schema.
        operation: The syntax of the operation.
        fragments: The syntax of the fragments of the document, by their names.
    """

    __slots__ = (
        "context",
        "field_name",
        "field_nodes",
        "fragments",
        "operation",
        "parent_type",
        "return_type",
        "schema",
    )

    def __init__(self, execution: _Execution, parent: GraphQLObjectType, nodes: list[Any], field: Any) -> None:
        self.context = execution.context
        self.field_name: str = nodes[0].name.value
        self.field_nodes = nodes
        self.fragments = execution.fragments
        self.operation = execution.operation
        self.parent_type = parent
        self.return_type = field.type
        self.schema = execution.schema


class _Execution:
    """An operation that is being executed."""

    def __init__(
        self, schema: GraphQLSchema, operation: Any, fragments: Mapping[str, Any], values: Any, context: Any
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = fragments
        self.context = context
        self._values = values  # of the variables, as graphql-core keeps them
        self._selections = Selections(schema, fragments, values)
        self._errors: list[GraphQLError] = []
        self._path: list[str | int] = []  # the place of what is being completed

    def run(self, before: Callable[[Info], None] | None) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        is_query = self.operation.operation == OperationType.QUERY
        root: Any = self.schema.query_type if is_query else self.schema.mutation_type
        try:
            steps = self._steps(root, [self.operation], root)
            if before is not None:
                for step in steps:
                    step.read = _reading_after(before, step)
            return self._object(steps, None), self._errors
        except GraphQLError as error:
            return None, [*self._errors, error]

    def _steps(self, parent: GraphQLObjectType, nodes: list[Any], declared: Any) -> list[_Step]:
        """What is selected below some pieces of syntax, for objects of a type."""
        found = self._selections.of(parent, nodes, declared)
        return [self._step(parent, name, selected) for name, selected in found.items()]

    def _step(self, parent: GraphQLObjectType, name: str, nodes: list[Any]) -> _Step:
        field: Any = parent.fields.get(nodes[0].name.value) or _META[nodes[0].name.value]
        info = Info(self, parent, nodes, field)
        return _Step(name, info, self._reading(field, info), self._completion(field.type, info))

    def _object(self, steps: list[_Step], source: Any) -> dict[str, Any]:
        """The data of an object."""
        path = self._path
        depth = len(path)
        data = {}
        for step in steps:
            try:
                if step.is_deep:
                    path.append(step.name)
                    data[step.name] = step.complete(step.read(source))
                    path.pop()
                else:
                    data[step.name] = step.complete(step.read(source))
            except Exception as error:
                del path[depth:]
                located = located_error(error, step.info.field_nodes, [*path, step.name])
                if step.is_non_null:
                    raise located from error
                self._errors.append(located)
                data[step.name] = None
        return data

    # What resolves a field

    def _reading(self, field: Any, info: Info) -> _Reading:
        resolve, arguments = field.resolve, {}
        if field is TypeNameMetaFieldDef:
            name = info.parent_type.name
            return lambda source: name
        if field.args:
            try:
                arguments = get_argument_values(field, info.field_nodes[0], self._values)
            except GraphQLError as error:
                return _raising(error)
        if resolve is None:
            return _reading_of(info.field_name)
        if arguments:
            return lambda source: resolve(source, info, **arguments)
        return lambda source: resolve(source, info)

    # What makes data of a value

    def _completion(self, type_: Any, info: Info) -> _Completion:
        if isinstance(type_, GraphQLNonNull):
            return _of_non_null(self._completion(type_.of_type, info), info)
        if isinstance(type_, GraphQLList):
            return self._of_list(type_.of_type, info)
        if isinstance(type_, (GraphQLScalarType, GraphQLEnumType)):
            serialize = type_.serialize
            return lambda value: None if value is None else serialize(value)
        return self._of_object(type_, info)

    def _of_list(self, type_: Any, info: Info) -> _Completion:
        complete = self._completion(type_, info)
        is_non_null = isinstance(type_, GraphQLNonNull)
        path = self._path

        def completed(values: Any) -> Any:
            if values is None:
                return None
            depth = len(path)
            path.append(0)
            data = []
            for path[depth], value in enumerate(values):
                try:
                    data.append(complete(value))
                except Exception as error:
                    del path[depth + 1 :]
                    located = located_error(error, info.field_nodes, list(path))
                    if is_non_null:
                        raise located from error
                    self._errors.append(located)
                    data.append(None)
            path.pop()
            return data

        return completed

    def _of_object(self, type_: Any, info: Info) -> _Completion:
        known: dict[str, list[_Step]] = {}
        is_concrete = isinstance(type_, GraphQLObjectType)

        def completed(value: Any) -> Any:
            if value is None:
                return None
            name = type_.name if is_concrete else type_.resolve_type(value, info, type_)
            if name not in known:
                concrete: Any = self.schema.type_map[name]
                known[name] = self._steps(concrete, info.field_nodes, type_)
            return self._object(known[name], value)

        return _remembering(completed) if type_ is _TYPE else completed


_Reading = Callable[[Any], Any]
_Completion = Callable[[Any], Any]


class _Step:
    """A selected field of one type of objects.

    Attributes:
        name: What the answer calls it.
        info: What its resolver gets to know.
        read: Gives its value for an object.
        complete: Makes data of the value.
        is_deep: It has a place in the path of what goes wrong below it.
        is_non_null: When it has no value, its object has none either.
    """

    __slots__ = ("complete", "info", "is_deep", "is_non_null", "name", "read")

    def __init__(self, name: str, info: Info, read: _Reading, complete: _Completion) -> None:
        self.name = name
        self.info = info
        self.read = read
        self.complete = complete
        self.is_non_null = isinstance(info.return_type, GraphQLNonNull)
        nullable = info.return_type.of_type if self.is_non_null else info.return_type
        self.is_deep = not isinstance(nullable, (GraphQLScalarType, GraphQLEnumType))


def _reading_of(name: str) -> _Reading:
    """What reads a field that has no resolver."""

    def read(source: Any) -> Any:
        return source.get(name) if isinstance(source, dict) else getattr(source, name, None)

    return read


def _reading_after(before: Callable[[Info], None], step: _Step) -> _Reading:
    read = step.read

    def read_then(source: Any) -> Any:
        before(step.info)
        return read(source)

    return read_then


def _raising(error: GraphQLError) -> _Reading:
    def read(source: Any) -> Any:
        raise error

    return read


def _remembering(complete: _Completion) -> _Completion:
    """What makes the data of each value once: an introspection comes to the same types tens of thousands of times."""
    known: dict[int, tuple[Any, Any]] = {}

    def completed(value: Any) -> Any:
        found = known.get(id(value))
        if found is None:
            found = known[id(value)] = (value, complete(value))
        return found[1]

    return completed


def _of_non_null(complete: _Completion, info: Info) -> _Completion:
    def completed(value: Any) -> Any:
        data = complete(value)
        if data is None:
            raise TypeError(f"{info.parent_type.name}.{info.field_name} has no value, but must have one")
        return data

    return completed
