"""How much a form differs from its version before, for those who receive its results."""

from kernel.artifacts import Change
from ocr_service.models.fields import Field
from ocr_service.models.forms import Form


def change_between(before: Form, after: Form) -> Change:
    """MAJOR: a field is gone, is of another type, has lost a choice, or may now hold several; MINOR: fields or
    choices were added; PATCH: anything else (places, labels, rules, the blank page)."""
    old = {field.name: field for field in before.every_field()}
    new = {field.name: field for field in after.every_field()}
    if not old.keys() <= new.keys() or any(_breaks(old[name], new[name]) for name in old):
        return Change.MAJOR
    if new.keys() - old.keys() or any(_values(new[name]) - _values(old[name]) for name in old):
        return Change.MINOR
    return Change.PATCH


def _breaks(before: Field, after: Field) -> bool:
    return (
        before.type is not after.type
        or before.several is not after.several
        or bool(_values(before) - _values(after))
    )


def _values(field: Field) -> set[str]:
    return {choice.value for choice in field.choices}
