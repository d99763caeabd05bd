"""What a place on a blank form is likely to hold."""

import pytest

from ocr_service.models.fields import FieldType
from ocr_service.rules.guessing import guessed


@pytest.mark.parametrize(
    ("shape", "label", "kind"),
    [
        ("box", "フリガナ", FieldType.KANA),
        ("box", "氏 名".replace(" ", ""), FieldType.NAME),
        ("box", "現住所", FieldType.ADDRESS),
        ("box", "日中の電話番号", FieldType.PHONE),
        ("cells", "個人番号", FieldType.MY_NUMBER),
        ("cells", "口座番号", FieldType.BANK_ACCOUNT),
        ("box", "口座名義", FieldType.KANA),
        ("cell", "生年月日", FieldType.DATE),
        ("line", "給付額", FieldType.MONEY),
        ("cells", "", FieldType.NUMBER),
        ("box", "", FieldType.TEXT),
        ("mark", "氏名を公表しない", FieldType.CHECK_BOX),
    ],
)
def test_shape_and_words_tell_the_type(shape: str, label: str, kind: FieldType) -> None:
    name, found = guessed(shape, label)
    assert found is kind
    assert name.isascii() and name.islower()
