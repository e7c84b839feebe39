"""Schemas of a user, from dictionaries and from files of JSON and YAML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["read_documents"]

_ENDINGS = {".json", ".yaml", ".yml"}


def read_documents(sources: Iterable[Mapping[str, Any] | str | Path]) -> list[dict[str, Any]]:
    """The documents in dictionaries and files.

    Args:
        sources: Dictionaries, paths of files, and paths of folders, of which all files of JSON and YAML are read.

    Raises:
        ValidationError: There is no such file, or it holds no mapping.
    """
    documents: list[dict[str, Any]] = []
    if isinstance(sources, (str, Path, dict)):
        raise ValidationError("schemas", f"it must be a list, not a {type(sources).__name__}.")
    for source in sources:
        if isinstance(source, (str, Path)):
            for path in _files(Path(source)):
                documents += _read(path)
        else:
            documents.append(dict(source))
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


def _read(path: Path) -> list[dict[str, Any]]:
    import yaml

    try:
        found = [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document is not None]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValidationError("schemas", f"{path} cannot be read: {error}") from error
    if not found or not all(isinstance(document, dict) for document in found):
        words = "it must be a mapping with nodes, generics or extensions"
        raise ValidationError("schemas", f"{path} holds no schema: {words}.")
    return found
