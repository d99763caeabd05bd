"""How far a value may travel: stages 0 to 3 by field type, after table 2-23 of the wards' report (官民DPFでのデータ分類)."""

from collections.abc import Iterable
from enum import IntEnum

from ocr_service.models.fields import Field, FieldType


class Stage(IntEnum):
    """0 not about persons · 1 about persons without personal information: attributes, counts, flows · 2 masked or
    anonymised · 3 personal information. Wards pool at most stage 2."""

    OPEN = 0
    ATTRIBUTES = 1
    MASKED = 2
    PERSONAL = 3


POOLED_AT_MOST = Stage.MASKED

STAGES: dict[FieldType, Stage] = {
    FieldType.TEXT: Stage.PERSONAL,  # a template's author may put anything there
    FieldType.KANA: Stage.PERSONAL,
    FieldType.NAME: Stage.PERSONAL,
    FieldType.ADDRESS: Stage.PERSONAL,
    FieldType.POSTAL_CODE: Stage.PERSONAL,  # with an address beside it, it tells where somebody lives
    FieldType.PHONE: Stage.PERSONAL,
    FieldType.DATE: Stage.MASKED,  # without the person it belongs to
    FieldType.NUMBER: Stage.MASKED,
    FieldType.MONEY: Stage.MASKED,
    FieldType.MY_NUMBER: Stage.PERSONAL,
    FieldType.CORPORATE_NUMBER: Stage.OPEN,  # published by the tax agency
    FieldType.BANK_ACCOUNT: Stage.PERSONAL,
    FieldType.CHOICE: Stage.MASKED,
    FieldType.CHECK_BOX: Stage.MASKED,
    FieldType.SEAL: Stage.PERSONAL,  # the picture shows a name
    FieldType.BARCODE: Stage.PERSONAL,  # may hold a number of a person
    FieldType.FREE_TEXT: Stage.PERSONAL,
}


def stage(field: Field) -> Stage:
    """The stage of a field's value and picture as one record."""
    return STAGES[field.type]


def may_be_pooled(field: Field) -> bool:
    """Whether a value, apart from everything else on its sheet, may leave the ward as a record."""
    return stage(field) <= POOLED_AT_MOST


def stage_of_single_characters(field: Field) -> Stage:
    """Of single characters cut out of a field, in no order: numbers that name a person or an account stay
    personal, as do pictures of seals."""
    if field.type in {FieldType.MY_NUMBER, FieldType.BANK_ACCOUNT, FieldType.SEAL, FieldType.BARCODE}:
        return Stage.PERSONAL
    return min(stage(field), Stage.MASKED)


def stage_of_sheet(fields: Iterable[Field]) -> Stage:
    """Of several fields of one sheet together: what belongs to one person tells more than its parts, so that
    three masked values or more count as personal."""
    stages = [stage(field) for field in fields]
    if sum(each >= Stage.MASKED for each in stages) >= 3:
        return Stage.PERSONAL
    return max(stages, default=Stage.OPEN)
