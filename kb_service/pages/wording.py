"""Values of fields as words: codes, ids and enumerations get their names."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from kb_service.pages.labels import AUDIENCES, KINDS, LINKS, OUTCOMES, PROVIDER_KINDS, STATUSES
from kernel.errors import Text

_TABLES: Mapping[str, Mapping[StrEnum, Text]] = {
    "status": STATUSES,  # type: ignore[dict-item]  # each maps its own enumeration
    "audience": AUDIENCES,  # type: ignore[dict-item]
    "kind": KINDS,  # type: ignore[dict-item]
    "outcome": OUTCOMES,  # type: ignore[dict-item]
    "provider_kind": PROVIDER_KINDS,  # type: ignore[dict-item]
    "links": LINKS,  # type: ignore[dict-item]
}
_CODES = frozenset({"audience", "introduced_by", "links"})
_FLAGS = {"true": Text("はい", "Yes"), "1": Text("はい", "Yes"), "false": Text("いいえ", "No")}


def worded_in(
    language: str, named: Callable[[str], str], titles: Mapping[str, str]
) -> Callable[[str, str], str]:
    """A function of a field's name and its value as text, one item a line. `titles`: entry id → title."""

    def word(name: str, part: str) -> str:
        for value, text in _TABLES.get(name, {}).items():
            if value == part:
                return text.in_language(language)
        return titles.get(part) or named(part)

    def worded(name: str, value: str) -> str:
        if name == "sample":
            return _FLAGS[value].in_language(language) if value in _FLAGS else value
        if name not in _TABLES and name not in _CODES:
            return value
        lines = (" ".join(word(name, part) for part in line.split(" ")) for line in value.splitlines())
        return "\n".join(lines)

    return worded
