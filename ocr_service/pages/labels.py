"""Words for the states and kinds that pages show."""

from collections.abc import Mapping
from enum import StrEnum

from kernel.errors import Text
from ocr_service.models.batches import BatchState, Coverage, Entry, FieldState, FileState, PageState
from ocr_service.models.fields import Characters, FieldType, Writing
from ocr_service.models.forms import CheckKind, TemplateState
from ocr_service.models.readings import Flag, PageOutcome

BATCHES: Mapping[BatchState, Text] = {
    BatchState.RECEIVING: Text("ファイル待ち", "Waiting for files"),
    BatchState.READING: Text("読み取り中", "Being read"),
    BatchState.PAUSED: Text("一時停止中", "Paused"),
    BatchState.VERIFYING: Text("確認中", "Being verified"),
    BatchState.READY: Text("確認済み", "Verified"),
    BatchState.CLOSED: Text("完了", "Closed"),
    BatchState.CANCELLED: Text("中止", "Cancelled"),
    BatchState.DELETED: Text("消去済み", "Erased"),
}
TONES: Mapping[BatchState, tuple[str, str]] = {
    BatchState.RECEIVING: ("neutral", "upload"),
    BatchState.READING: ("key", "refresh"),
    BatchState.PAUSED: ("warning", "clock"),
    BatchState.VERIFYING: ("warning", "eye"),
    BatchState.READY: ("success", "success"),
    BatchState.CLOSED: ("success", "check"),
    BatchState.CANCELLED: ("neutral", "close"),
    BatchState.DELETED: ("neutral", "trash"),
}
FILES: Mapping[FileState, Text] = {
    FileState.OPENING: Text("ページを数えています", "Counting its pages"),
    FileState.OPENED: Text("受け付け済み", "Taken in"),
    FileState.TWICE: Text("前と同じファイル", "Handed in before"),
    FileState.SKIPPED: Text("読み取らない", "Left out"),
    FileState.UNREADABLE: Text("開けません", "Cannot be opened"),
}
PAGES: Mapping[PageState, Text] = {
    PageState.WAITING: Text("順番待ち", "Waiting"),
    PageState.CLAIMED: Text("読み取り中", "Being read"),
    PageState.READ: Text("読み取り済み", "Read"),
    PageState.SET_ASIDE: Text("様式不明", "Unknown form"),
    PageState.UNREADABLE: Text("読めない", "Unreadable"),
    PageState.DROPPED: Text("対象外", "Left out"),
}
OUTCOMES: Mapping[PageOutcome, Text] = {
    PageOutcome.MATCHED: Text("様式に一致", "Matched"),
    PageOutcome.UNKNOWN: Text("様式不明", "Unknown form"),
    PageOutcome.EMPTY: Text("白紙", "Blank"),
    PageOutcome.UNREADABLE: Text("読めない", "Unreadable"),
}
FIELDS: Mapping[FieldState, Text] = {
    FieldState.PASSED: Text("自動で確定", "Passed"),
    FieldState.DOUBTFUL: Text("要確認", "To be verified"),
    FieldState.ENTERED: Text("1人目が入力", "Entered once"),
    FieldState.DIFFERENT: Text("2人の入力が違う", "Entries differ"),
    FieldState.DECIDED: Text("確認済み", "Verified"),
    FieldState.UNREADABLE: Text("判読できない", "Cannot be read"),
}
FLAGS: Mapping[Flag, Text] = {
    Flag.STRUCK_OUT: Text("取り消し線があります", "Something is struck out"),
    Flag.CORRECTION_SEAL: Text("訂正印があります", "There is a correction seal"),
    Flag.CHECK_FAILED: Text("決まりに合いません", "A check says no"),
    Flag.SEVERAL_MARKS: Text("複数に印があります", "Several are marked"),
    Flag.OFF_PAGE: Text("画像からはみ出しています", "Partly off the picture"),
    Flag.UNSURE_PLACE: Text("位置が不確かです", "Its place is unsure"),
    Flag.MISSING: Text("必須ですが空欄です", "Required and blank"),
    Flag.UNWRITABLE: Text("機械が書けない文字かもしれません", "May hold a rare character"),
    Flag.TOUCHES_EDGE: Text("枠からはみ出しています", "Runs out of the field"),
}
TYPES: Mapping[FieldType, Text] = {
    FieldType.TEXT: Text("文字", "Text"),
    FieldType.NAME: Text("氏名", "Name"),
    FieldType.KANA: Text("フリガナ", "Kana"),
    FieldType.ADDRESS: Text("住所", "Address"),
    FieldType.POSTAL_CODE: Text("郵便番号", "Postal code"),
    FieldType.PHONE: Text("電話番号", "Phone"),
    FieldType.DATE: Text("日付（和暦・西暦）", "Date"),
    FieldType.NUMBER: Text("数字", "Number"),
    FieldType.MONEY: Text("金額（円）", "Money (yen)"),
    FieldType.MY_NUMBER: Text("マイナンバー", "My Number"),
    FieldType.CORPORATE_NUMBER: Text("法人番号", "Corporate number"),
    FieldType.BANK_ACCOUNT: Text("口座番号", "Bank account"),
    FieldType.CHOICE: Text("丸で選ぶ", "Choice by circle"),
    FieldType.CHECK_BOX: Text("チェック欄", "Check box"),
    FieldType.SEAL: Text("印鑑・署名", "Seal or signature"),
    FieldType.BARCODE: Text("バーコード", "Bar code"),
    FieldType.FREE_TEXT: Text("自由記入", "Free text"),
}
WRITINGS: Mapping[Writing, Text] = {
    Writing.HANDWRITTEN: Text("手書き", "Handwritten"),
    Writing.PRINTED: Text("印字", "Printed"),
}
CHARACTERS: Mapping[Characters, Text] = {
    Characters.DIGITS: Text("数字", "Digits"),
    Characters.LATIN: Text("英字", "Latin letters"),
    Characters.HIRAGANA: Text("ひらがな", "Hiragana"),
    Characters.KATAKANA: Text("カタカナ", "Katakana"),
    Characters.KANJI: Text("漢字", "Kanji"),
    Characters.SIGNS: Text("記号", "Signs"),
}
CHECKS: Mapping[CheckKind, Text] = {
    CheckKind.AGE_FITS_DATE: Text("年齢が生年月日に合う", "Age fits the date of birth"),
    CheckKind.POSTAL_FITS_ADDRESS: Text("郵便番号が住所に合う", "Postal code fits the address"),
    CheckKind.TOTAL_IS_SUM: Text("合計が内訳の和になる", "Total is the sum of the items"),
    CheckKind.DATE_ORDER: Text("日付の前後が正しい", "Dates are in order"),
    CheckKind.REQUIRED_IF: Text("ほかの項目が値のとき必須", "Required if another field has the value"),
    CheckKind.EMPTY_IF: Text("ほかの項目が値のとき空欄", "Empty if another field has the value"),
    CheckKind.ONE_OF: Text("どれか1つは記入する", "At least one is filled in"),
    CheckKind.SAME: Text("2つの項目が同じ", "Two fields are the same"),
}
TEMPLATES: Mapping[TemplateState, Text] = {
    TemplateState.DRAFT: Text("下書き", "Draft"),
    TemplateState.PUBLISHED: Text("公開中", "Published"),
    TemplateState.YANKED: Text("取り下げ", "Withdrawn"),
}
ENTRIES: Mapping[Entry, Text] = {
    Entry.SINGLE: Text("1人で確認", "Single entry"),
    Entry.DOUBLE: Text("2人で別々に入力", "Double entry"),
}
COVERAGES: Mapping[Coverage, Text] = {
    Coverage.DOUBTFUL: Text("要確認の項目だけ", "Doubtful fields only"),
    Coverage.ALL: Text("すべての項目", "All fields"),
}
PRIORITIES: tuple[Text, ...] = (Text("低", "Low"), Text("通常", "Usual"), Text("高", "High"))

_ALL: tuple[Mapping[StrEnum, Text], ...] = (
    BATCHES,  # type: ignore[assignment]  # each maps its own enumeration
    FILES,
    PAGES,
    OUTCOMES,
    FIELDS,
    FLAGS,
    TYPES,
    WRITINGS,
    CHARACTERS,
    CHECKS,
    TEMPLATES,
    ENTRIES,
    COVERAGES,
)
_WORDS = {(type(value), value): text for table in _ALL for value, text in table.items()}


def label(value: StrEnum, language: str) -> str:
    """The word for a member of one of the enumerations above."""
    return _WORDS[type(value), value].in_language(language)
