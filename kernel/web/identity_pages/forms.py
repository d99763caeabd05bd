"""Reading of posted fields."""

from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData

from kernel.errors import ChienowaError

Choice = TypeVar("Choice", bound=StrEnum)


def text(form: FormData, name: str) -> str:
    """A field's text, "" when it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def chosen(form: FormData, name: str, kind: type[Choice]) -> frozenset[Choice]:
    """The ticked values that exist."""
    known = {item.value: item for item in kind}
    return frozenset(
        known[value] for value in form.getlist(name) if isinstance(value, str) and value in known
    )


def problems_of(error: ChienowaError, language: str) -> list[tuple[str, str]]:
    """Pairs (field, sentence) for the macros of components.html."""
    if not error.problems:
        return [("", error.text.in_language(language))]
    return [(problem.where, problem.text.in_language(language)) for problem in error.problems]
