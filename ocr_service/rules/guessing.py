"""What a place on a blank form is likely to hold, from its shape and the words beside it."""

import re
from collections.abc import Mapping

from ocr_service.models.fields import FieldType

_WORDS: tuple[tuple[str, FieldType, str], ...] = (
    (r"フリガナ|ふりがな|カナ", FieldType.KANA, "kana"),
    (r"個人番号|マイナンバー", FieldType.MY_NUMBER, "my_number"),
    (r"法人番号", FieldType.CORPORATE_NUMBER, "corporate_number"),
    (r"口座番号", FieldType.BANK_ACCOUNT, "account"),
    (r"郵便番号|〒", FieldType.POSTAL_CODE, "postal_code"),
    (r"電話|携帯|連絡先|FAX", FieldType.PHONE, "phone"),
    (r"住所|所在地|居所", FieldType.ADDRESS, "address"),
    (r"生年月日", FieldType.DATE, "birth_date"),
    (r"年月日|[日付]$|期日", FieldType.DATE, "date"),
    (r"金額|[額円]$|料$", FieldType.MONEY, "amount"),
    (r"口座名義", FieldType.KANA, "account_name"),
    (r"氏名|名前|名義|代表者|世帯主", FieldType.NAME, "name"),
    (r"人数|年齢|番号|回数|[数歳]$", FieldType.NUMBER, "number"),
    (r"印$|㊞|署名", FieldType.SEAL, "seal"),
    (r"備考|理由|意見", FieldType.FREE_TEXT, "note"),
)
_SHAPES: Mapping[str, tuple[FieldType, str]] = {
    "mark": (FieldType.CHECK_BOX, "check"),
    "cells": (FieldType.NUMBER, "number"),
}


def guessed(shape: str, label: str) -> tuple[str, FieldType]:
    """A base for the field's name, and its type. `shape`: "box", "cell", "cells", "line" or "mark"; `label`: the
    printed words beside it."""
    if shape != "mark":
        for words, kind, name in _WORDS:
            if re.search(words, label):
                return name, kind
    kind, name = _SHAPES.get(shape, (FieldType.TEXT, "text"))
    return name, kind
