"""What may leave a ward."""

from ocr_service.models.fields import Box, Field, FieldType
from ocr_service.rules.data_classes import (
    STAGES,
    Stage,
    may_be_pooled,
    stage_of_sheet,
    stage_of_single_characters,
)

NEVER = {
    FieldType.MY_NUMBER, FieldType.BANK_ACCOUNT, FieldType.NAME, FieldType.KANA, FieldType.ADDRESS,
    FieldType.POSTAL_CODE, FieldType.PHONE, FieldType.FREE_TEXT, FieldType.TEXT, FieldType.SEAL, FieldType.BARCODE,
}  # fmt: skip


def field(kind: FieldType) -> Field:
    return Field("f", "f", kind, Box(1, 1, 1, 1))


def test_every_type_has_a_stage() -> None:
    assert set(STAGES) == set(FieldType)


def test_personal_data_is_never_pooled_as_records() -> None:
    assert {kind for kind in FieldType if not may_be_pooled(field(kind))} == NEVER


def test_single_characters() -> None:
    stages = {kind: stage_of_single_characters(field(kind)) for kind in FieldType}
    assert {kind for kind, stage in stages.items() if stage is Stage.PERSONAL} == {
        FieldType.MY_NUMBER, FieldType.BANK_ACCOUNT, FieldType.SEAL, FieldType.BARCODE
    }  # fmt: skip
    assert stages[FieldType.NAME] is Stage.MASKED


def test_many_values_of_one_sheet_are_personal_together() -> None:
    some = [field(FieldType.CHOICE), field(FieldType.DATE)]
    assert stage_of_sheet([]) is Stage.OPEN
    assert stage_of_sheet(some) is Stage.MASKED
    assert stage_of_sheet([*some, field(FieldType.MONEY)]) is Stage.PERSONAL
    assert stage_of_sheet([*some, field(FieldType.CORPORATE_NUMBER)]) is Stage.MASKED
    assert stage_of_sheet([field(FieldType.NAME)]) is Stage.PERSONAL
