"""Reading of JSON documents that people write by hand: every wrong place is told, none stops the reading."""

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeVar

from kernel.errors import Problem, Text

Word = TypeVar("Word", bound=StrEnum)
_MISSING: Any = object()
_LARGEST = 10**15
_KINDS = {str: ("文字列", "a text"), bool: ("true か false", "true or false"), list: ("配列", "an array")}
_KINDS |= {dict: ("オブジェクト", "an object"), int: ("整数", "a whole number"), float: ("数", "a number")}


class Node:
    """A place of a document. Its methods give the value of a property, or note a problem with its JSON pointer
    and give something harmless. Properties without a default are needed."""

    def __init__(self, value: Any, pointer: str, found: list[Problem]) -> None:
        self._value = value
        self._pointer = pointer
        self._found = found

    def wrong(self, name: str, ja: str, en: str) -> None:
        where = f"{self._pointer}/{_escaped(name)}" if name else self._pointer
        self._found.append(Problem(where, Text(ja, en)))

    def only(self, *names: str) -> None:
        """Notes what is no object, and properties that the format does not know."""
        if not isinstance(self._value, dict):
            self._no(_KINDS[dict])
            return
        for name in self._value:
            if name not in names:
                self.wrong(
                    name, "この名前はありません。つづりを確かめてください。", "There is no such property."
                )

    def text(self, name: str, default: str | None = None) -> str:
        value = self._typed(name, str, default)
        return value if isinstance(value, str) else ""

    def truth(self, name: str) -> bool:
        return bool(self._typed(name, bool, default=False))

    def whole(self, name: str, default: int | None = None) -> int:
        value = self._typed(name, int, default)
        if isinstance(value, float):
            value = int(value)
        return value if isinstance(value, int) else 0

    def number(self, name: str) -> float:
        value = self._typed(name, float, None)
        return float(value) if value is not None else 0.0

    def numbers(self, name: str) -> tuple[float, ...]:
        numbers = [node.as_number() for node in self.items(name)]
        return tuple(number for number in numbers if number is not None)

    def mapping(self, name: str) -> dict[str, Any] | None:
        value = self._typed(name, dict, {})
        return value if isinstance(value, dict) and value else None

    def one_of(self, name: str, words: type[Word], default: Word, optional: bool = False) -> Word:
        if optional and self._get(name) is _MISSING:
            return default
        return self.node(name).as_one_of(words) or default

    def node(self, name: str) -> "Node":
        return Node(self._get(name), f"{self._pointer}/{_escaped(name)}", self._found)

    def items(self, name: str, optional: bool = False) -> Iterator["Node"]:
        values = self._typed(name, list, [] if optional else None)
        for index, value in enumerate(values or ()):
            yield Node(value, f"{self._pointer}/{_escaped(name)}/{index}", self._found)

    def as_number(self) -> float | None:
        if _is(self._value, float):
            return float(self._value)
        self._no(_KINDS[float])
        return None

    def as_texts(self) -> list[str]:
        if isinstance(self._value, list) and all(isinstance(each, str) for each in self._value):
            return self._value
        self._no(("文字列の配列", "an array of texts"))
        return []

    def as_one_of(self, words: type[Word]) -> Word | None:
        if isinstance(self._value, str) and self._value in {word.value for word in words}:
            return words(self._value)
        names = ", ".join(word.value for word in words)
        self.wrong("", f"次のどれかを書いてください: {names}", f"Give one of: {names}")
        return None

    def _typed(self, name: str, kind: type, default: Any) -> Any:
        value = self._get(name)
        if value is _MISSING and default is not None:
            return default
        if _is(value, kind):
            return value
        self.node(name)._no(_KINDS[kind])
        return default

    def _get(self, name: str) -> Any:
        return self._value.get(name, _MISSING) if isinstance(self._value, dict) else _MISSING

    def _no(self, wanted: tuple[str, str]) -> None:
        if self._value is _MISSING:
            self.wrong("", f"必要です（{wanted[0]}）。", f"This is needed ({wanted[1]}).")
        else:
            self.wrong("", f"{wanted[0]}を書いてください。", f"Give {wanted[1]}.")


def _is(value: Any, kind: type) -> bool:
    """Whether a JSON value is of the kind; 5.0 is a whole number, true is no number."""
    if kind in {int, float}:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
            return False
        return kind is float or math.floor(value) == value
    return isinstance(value, kind)


def _escaped(name: str) -> str:
    """A property as a part of a JSON pointer (RFC 6901)."""
    return name[:100].replace("~", "~0").replace("/", "~1")
