"""Schemas of a user, from dictionaries and from files of JSON and YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infrahub_sdk.exceptions import ValidationError

__all__ = ["Document", "read_documents"]

_ENDINGS = {".json", ".yaml", ".yml"}


class Document(dict[str, Any]):
    """A schema that knows where it comes from.

    Args:
        content: The schema.
        place: Where it comes from, in words.
    """

    def __init__(self, content: Mapping[str, Any], place: str) -> None:
        super().__init__(content)
        self.place = place


def read_documents(sources: Iterable[Mapping[str, Any] | str | Path]) -> list[Document]:
    """The documents in dictionaries and files.

    Args:
        sources: Dictionaries, paths of files, and paths of folders, of which all files of JSON and YAML are read.

    Raises:
        ValidationError: There is no such file, or it holds no mapping.
    """
    if isinstance(sources, (str, Path, Mapping)) or not isinstance(sources, Iterable):
        raise ValidationError("schemas", f"they must be a list, not {type(sources).__name__}.")
    documents: list[Document] = []
    for position, source in enumerate(sources):
        if isinstance(source, (str, Path)):
            for path in _files(Path(source)):
                documents += _read(path)
        elif isinstance(source, Mapping):
            documents.append(source if isinstance(source, Document) else Document(source, f"schemas[{position}]"))
        else:
            raise ValidationError("schemas", f"[{position}] must be a dictionary or a path, not {source!r}.")
    return documents


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(item for item in path.rglob("*") if item.suffix in _ENDINGS)
        if not found:
            raise ValidationError("schemas", f"there is no file of JSON or YAML in the folder {path}.")
        return found
    if not path.is_file():
        raise ValidationError("schemas", f"there is no file {path}.")
    return [path]


def _read(path: Path) -> list[Document]:
    import yaml

    try:
        found = [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValidationError("schemas", f"{path} is no YAML{where}: {error.problem}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValidationError("schemas", f"{path} cannot be read: {' '.join(str(error).split())}.") from error
    if not found or not all(isinstance(document, dict) for document in found):
        words = "it must be a mapping with nodes, generics or extensions"
        raise ValidationError("schemas", f"{path} holds no schema: {words}.")
    if len(found) == 1:
        return [Document(found[0], str(path))]
    return [Document(document, f"{path} (document {number})") for number, document in enumerate(found, 1)]
