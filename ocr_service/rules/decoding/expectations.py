"""What is expected in a field: characters, grammar, normal form, plausibility."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log

from ocr_service.models.fields import Field, FieldType
from ocr_service.rules import values
from ocr_service.rules.decoding.addresses import AddressOf
from ocr_service.rules.decoding.alphabets import Alphabet
from ocr_service.rules.decoding.beam import Beam
from ocr_service.rules.decoding.formats import alphabet_of, format_of, plausibility
from ocr_service.rules.decoding.grammars import AnyOf, AnyText, Grammar, Phrases
from ocr_service.rules.decoding.patterns import Pattern
from ocr_service.rules.decoding.texts import TextOf
from ocr_service.rules.decoding.words import NameOf
from ocr_service.rules.lexicons.addresses import without_prefecture
from ocr_service.rules.lexicons.lexicons import Lexicons

_UNLISTED = 0.1  # share of a form's answers that are none of its own choices


@dataclass(frozen=True, slots=True)
class Expectation:
    """`normal`: raw reading to normal value; `key`: values with the same key mean the same; `plausible`: factor for a value; `known`: whether a reading is in
    the lexicon, or has the format; `cells`: the lattices are single characters; `digits`: the field is mostly digits."""

    type: FieldType
    alphabet: Alphabet
    grammar: Grammar
    normal: Callable[[str], str]
    key: Callable[[str], str]
    plausible: Callable[[str], float]
    known: Callable[[str], bool]
    cells: bool = False
    digits: bool = False
    beam: Beam = field(default_factory=Beam)


def expectation_of(
    field: Field, lexicons: Lexicons, era: str = "", places: tuple[str, ...] = ()
) -> Expectation:
    """`era`: value of the field's era field. `places`: where the address is expected to lie, best from
    `lexicons.addresses.of_postal` of the postal code's readings."""
    context = values.Context(era)
    return Expectation(
        type=field.type,
        alphabet=alphabet_of(field),
        grammar=_grammar(field, lexicons, places),
        normal=lambda raw: values.normal(field, raw, context),
        key=lambda value: values.comparable(field, value),
        plausible=lambda value: plausibility(field, value),
        known=_known(field, lexicons),
        cells=field.cells > 0,
        digits=format_of(field) is not None,
        beam=_beam(field),
    )


def _grammar(field: Field, lexicons: Lexicons, places: tuple[str, ...]) -> Grammar:
    written = format_of(field)
    if written is not None:
        return written
    if field.choices:
        listed = Phrases(tuple(choice.value for choice in field.choices))
        return AnyOf(((listed, log(1 - _UNLISTED)), (AnyText(), log(_UNLISTED) - 5.0)))
    match field.type:
        case FieldType.NAME:
            return NameOf(lexicons.surnames, lexicons.given, lexicons.letters.names)
        case FieldType.KANA:
            return NameOf(lexicons.surnames_kana, lexicons.given_kana, lexicons.letters.kana, unknown=0.15)
        case FieldType.ADDRESS:
            near = tuple(dict.fromkeys((*places, *(without_prefecture(place) for place in places))))
            buildings = TextOf(lexicons.words, lexicons.letters.words)
            return AddressOf(lexicons.addresses.trie, lexicons.letters.addresses, buildings, near)
        case _:
            return TextOf(lexicons.words, lexicons.letters.words)


def _known(field: Field, lexicons: Lexicons) -> Callable[[str], bool]:
    written = format_of(field)
    if isinstance(written, Pattern):
        return written.fits
    if field.choices:
        listed = frozenset(choice.value for choice in field.choices)
        return listed.__contains__
    if field.type is FieldType.NAME:
        return NameOf(lexicons.surnames, lexicons.given, {}).known
    if field.type is FieldType.KANA:
        return NameOf(lexicons.surnames_kana, lexicons.given_kana, {}).known
    if field.type is FieldType.ADDRESS:
        return lexicons.addresses.begins
    return bool


def _beam(field: Field) -> Beam:
    """Widths and weights, tuned on lines of the training sources (evals.ocr)."""
    match field.type:
        case FieldType.NAME:
            return Beam(width=16, most=10, weight=0.5, bonus=1.5)
        case FieldType.KANA:
            return Beam(width=16, most=10, weight=0.4, bonus=1.0)
        case FieldType.ADDRESS:
            return Beam(width=16, most=8, weight=0.5, bonus=2.0)
        case FieldType.TEXT | FieldType.FREE_TEXT:
            return Beam(width=12, most=6, weight=0.3, bonus=1.5)
        case _:
            return Beam(width=16, most=10)
