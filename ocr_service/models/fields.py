"""What can be asked for on a form: the types of fields, and one field with all that it demands."""

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """What a field holds. The type decides normal form, lexicon, checks and data class."""

    TEXT = "text"  # one or more lines, any characters
    KANA = "kana"
    NAME = "name"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"  # yen
    MY_NUMBER = "my_number"
    CORPORATE_NUMBER = "corporate_number"
    BANK_ACCOUNT = "bank_account"  # the account number, seven digits
    CHOICE = "choice"  # one of several printed words, circled or ticked
    CHECK_BOX = "check_box"
    SEAL = "seal"  # a seal or signature is there, or not
    BARCODE = "barcode"  # also two-dimensional codes
    FREE_TEXT = "free_text"


class Writing(StrEnum):
    """How the field is filled in."""

    PRINTED = "printed"
    HANDWRITTEN = "handwritten"


class Characters(StrEnum):
    """Classes of characters a field may hold; several may be joined."""

    DIGITS = "digits"
    LATIN = "latin"
    HIRAGANA = "hiragana"
    KATAKANA = "katakana"
    KANJI = "kanji"
    SIGNS = "signs"  # punctuation, hyphens, brackets, units


MARK_TYPES = frozenset({FieldType.CHOICE, FieldType.CHECK_BOX, FieldType.SEAL})
"""Fields that are judged by ink against the blank form and hold no text."""

CHECKED = "1"
"""The value of a check box that is ticked and of a seal that is there; "" otherwise."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the blank page, in millimetres from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Choice:
    """One printed word that may be marked. `value` is what the field then holds."""

    value: str
    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is unique in its form: lower-case Latin letters, digits and "_"; `label` is for people.

    `cells`: number of boxes for single characters in the field, 0 for none. `lines`: how many lines of writing
    fit. `characters`: allowed classes, empty = what the type allows. `pattern`: a regular expression that the
    whole normal value must match, "" = none. `era_field`: the choice field that holds the era (明 大 昭 平 令)
    of a date whose era is circled beside it. `replacements`: pairs (read, meant) applied to the raw reading."""

    name: str
    label: str
    type: FieldType
    box: Box
    writing: Writing = Writing.HANDWRITTEN
    required: bool = False
    cells: int = 0
    lines: int = 1
    characters: frozenset[Characters] = frozenset()
    pattern: str = ""
    least: int = 0
    most: int = 0
    choices: tuple[Choice, ...] = ()
    several: bool = False
    era_field: str = ""
    replacements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Repeating rows. The columns' boxes are those of the first row; `tops` are the upper edges of all rows in
    millimetres. The cell of row r (from 1) and column c is the field `name[r].c`."""

    name: str
    label: str
    columns: tuple[Field, ...]
    tops: tuple[float, ...]


def cell_name(table: str, row: int, column: str) -> str:
    """The name of one cell, for example family[2].name; rows count from 1."""
    return f"{table}[{row}].{column}"
