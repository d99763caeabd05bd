"""What a content must be before it is stored. Each problem names its field as in the JSON of the API."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date

from kb_service.models.entries import FIELDS_OF, CaseFields, Content, Introduction, Status
from kernel.errors import Invalid, Problem, Text
from kernel.visibility import AudienceKind

TITLE_MAX = 200
SUMMARY_MAX = 2_000
BODY_MAX = 1_000_000
TEXT_MAX = 100_000  # one text field of a kind
NAME_MAX = 200  # technology, business, vendor, a name
SOURCE_MAX = 2_000
NOTE_MAX = 1_000
TAGS_MAX = 30
TAG_MAX = 100
LINKS_MAX = 200
INTRODUCED_MAX = 100
ORGANISATIONS_MAX = 30
YEN_MAX = 10**15
HOURS_MAX = 10**9
YEARS = (1868, 2200)

_SHORT = frozenset({"provider_name", "technology", "business", "vendor"})
# Control characters except tab and line breaks (PostgreSQL stores no NUL, XML no other), lone surrogates
# (no UTF-8), and the marks that turn the reading direction of everything after them.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def checked(content: Content, known_organisation: Callable[[str], bool]) -> Content:
    """The content as it is stored: title and tags trimmed, empty and double tags dropped. Raises Invalid
    with all problems at once."""
    tidy = replace(
        content,
        title=" ".join(content.title.split()),
        tags=tuple(dict.fromkeys(tag for tag in (" ".join(one.split()) for one in content.tags) if tag)),
        links=tuple(dict.fromkeys(content.links)),
    )
    problems = (*_problems(tidy), *_audience_problems(tidy, known_organisation))
    if problems:
        raise invalid(problems)
    return tidy


def checked_note(note: str) -> str:
    """The note of a save. Raises Invalid."""
    if problems := tuple(_text("note", note, NOTE_MAX)):
        raise invalid(problems)
    return note.strip()


def invalid(problems: tuple[Problem, ...]) -> Invalid:
    """The one error for an input with problems."""
    return Invalid(
        Text(
            f"入力内容に直していただきたい点が{len(problems)}件あります。",
            f"{len(problems)} place(s) of the input need to be corrected.",
        ),
        problems,
    )


def unfit(text: str) -> bool:
    """Whether the text holds characters that cannot be stored or shown safely."""
    return _UNFIT.search(text) is not None


def _problems(content: Content) -> Iterator[Problem]:
    if not content.title:
        yield Problem("title", Text("件名を入力してください。", "Enter a title."))
    yield from _text("title", content.title, TITLE_MAX)
    yield from _text("summary", content.summary, SUMMARY_MAX)
    yield from _text("body", content.body, BODY_MAX)
    yield from _text("source", content.source, SOURCE_MAX)
    yield from _tags(content)
    if not isinstance(content.fields, FIELDS_OF[content.kind]):
        yield Problem(
            "fields",
            Text("種類に合わない項目が入力されています。", "The fields do not belong to the kind."),
        )
        return
    for one in dataclass_fields(content.fields):
        yield from _field(f"fields.{one.name}", one.name, getattr(content.fields, one.name))
    if isinstance(content.fields, CaseFields):
        yield from _period(content.fields)
    if len(content.links) > LINKS_MAX:
        yield _too_many("links", "関連するナレッジ", "links", LINKS_MAX)
    if content.status is Status.IN_PROGRESS and (content.planned is None or not content.planned.what.strip()):
        yield Problem(
            "planned.what",
            Text(
                "「作成中」として共有するときは、何を更新する予定かを入力してください。",
                "Say what will be updated: the entry is shared while in progress.",
            ),
        )
    if content.planned is not None:
        yield from _text("planned.what", content.planned.what, SUMMARY_MAX)
        yield from _date("planned.when", content.planned.when)


def _tags(content: Content) -> Iterator[Problem]:
    if len(content.tags) > TAGS_MAX:
        yield _too_many("tags", "タグ", "tags", TAGS_MAX)
    for number, tag in enumerate(content.tags[:TAGS_MAX]):
        yield from _text(f"tags.{number}", tag, TAG_MAX)


def _field(where: str, name: str, value: object) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from _text(where, value, NAME_MAX if name in _SHORT else TEXT_MAX)
    elif isinstance(value, date):
        yield from _date(where, value)
    elif isinstance(value, int | float):
        # An effect may be a loss; a price or a cost may not be negative.
        least = -1 if name.startswith("effect_") else 0
        most = HOURS_MAX if name.endswith("_hours") else YEN_MAX
        if not least * most <= value <= most:  # NaN too: it is on neither side
            yield Problem(
                where,
                Text(
                    f"数値は{least * most:,}から{most:,}までで入力してください。",
                    f"Enter a number from {least * most:,} to {most:,}.",
                ),
            )
    elif isinstance(value, tuple):
        yield from _introduced(where, value)


def _introduced(where: str, value: tuple[Introduction, ...]) -> Iterator[Problem]:
    if len(value) > INTRODUCED_MAX:
        yield _too_many(where, "導入済みの区", "introductions", INTRODUCED_MAX)
    for number, one in enumerate(value[:INTRODUCED_MAX]):
        if not one.organisation.strip():
            yield Problem(
                f"{where}.{number}.organisation",
                Text("導入した団体の名称を入力してください。", "Enter who introduced it."),
            )
        yield from _text(f"{where}.{number}.organisation", one.organisation, NAME_MAX)
        yield from _text(f"{where}.{number}.contact", one.contact, SOURCE_MAX)


def _period(fields: CaseFields) -> Iterator[Problem]:
    if fields.period_from and fields.period_to and fields.period_to < fields.period_from:
        yield Problem(
            "fields.period_to",
            Text("終了日は開始日以後の日付にしてください。", "The end must not be before the beginning."),
        )


def _audience_problems(content: Content, known: Callable[[str], bool]) -> Iterator[Problem]:
    audience = content.audience
    if audience.kind is AudienceKind.NAMED:
        if not audience.organisations:
            yield Problem(
                "audience.organisations",
                Text("公開する相手の団体を1つ以上選んでください。", "Choose at least one organisation."),
            )
        if len(audience.organisations) > ORGANISATIONS_MAX:
            yield _too_many("audience.organisations", "団体", "organisations", ORGANISATIONS_MAX)
    for number, code in enumerate(audience.organisations[:ORGANISATIONS_MAX]):
        if not known(code):
            yield Problem(
                f"audience.organisations.{number}",
                Text("登録されていない団体です。一覧から選んでください。", "This organisation is not known."),
            )


def _text(where: str, value: str, most: int) -> Iterator[Problem]:
    if len(value) > most:
        yield Problem(
            where,
            Text(
                f"{most:,}文字以内で入力してください（現在{len(value):,}文字）。",
                f"At most {most:,} characters (there are {len(value):,}).",
            ),
        )
    if unfit(value):
        yield Problem(
            where,
            Text(
                "使えない制御文字が含まれています。取り除いてから保存してください。",
                "There are control characters that cannot be stored. Remove them.",
            ),
        )


def _date(where: str, value: date | None) -> Iterator[Problem]:
    first, last = YEARS
    if value is not None and not first <= value.year <= last:
        yield Problem(
            where,
            Text(
                f"日付は{first}年から{last}年までで入力してください。",
                f"Enter a date between the years {first} and {last}.",
            ),
        )


def _too_many(where: str, what_ja: str, what_en: str, most: int) -> Problem:
    return Problem(where, Text(f"{what_ja}は{most}件までです。", f"At most {most} {what_en}."))
