"""Between an entry's content and the values of its form. Pure: no request, no database."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kb_service.models.entries import (
    FIELDS_OF,
    Content,
    Fields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    ProviderKind,
    Status,
)
from kb_service.pages.fields import Control, FieldWords, words_of
from kb_service.pages.typed import amount, day
from kernel.errors import Problem, Text
from kernel.visibility import Audience, AudienceKind

Values = dict[str, list[str]]
E = TypeVar("E", bound=StrEnum)

ROWS = {"link_target": "link_kind", "introduced_organisation": "introduced_contact"}
_ID_IN_ADDRESS = re.compile(r"/knowledge/([A-Za-z0-9_-]+)")
_TAG_BORDER = re.compile(r"[,、，;；\n]+")
# U+0000 cannot be stored by PostgreSQL; browsers send line ends as CR LF.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def values_of(content: Content) -> Values:
    """The form's values for a content."""
    values: Values = {
        "kind": [content.kind],
        "title": [content.title],
        "summary": [content.summary],
        "body": [content.body],
        "tags": ["、".join(content.tags)],
        "source": [content.source],
        "sample": ["1"] if content.sample else [],
        "status": [content.status],
        "planned_what": [content.planned.what if content.planned else ""],
        "planned_when": [_shown(content.planned.when) if content.planned else ""],
        "audience": [content.audience.kind],
        "audience_organisations": list(content.audience.organisations),
        "link_target": [link.target for link in content.links],
        "link_kind": [link.kind for link in content.links],
    }
    for words in words_of(content.kind):
        value: Any = getattr(content.fields, words.name)
        if words.control is Control.INTRODUCTIONS:
            values["introduced_organisation"] = [each.organisation for each in value]
            values["introduced_contact"] = [each.contact for each in value]
        else:
            values[words.name] = [_shown(value)]
    return values


def empty_values(kind: Kind) -> Values:
    """The form of a new entry: a draft that members may read once it is published."""
    blank = Content(kind=kind, title="", fields=FIELDS_OF[kind](), audience=Audience(AudienceKind.MEMBERS))
    return values_of(blank)


def values_from_pairs(pairs: Iterable[tuple[str, object]]) -> Values:
    """What a browser posted, files left out, line ends and unstorable characters made plain."""
    values: Values = {}
    for name, value in pairs:
        if isinstance(value, str):
            values.setdefault(name, []).append(_UNSTORABLE.sub("", value).replace("\r\n", "\n"))
    for first_of_row, others in ROWS.items():
        _drop_blank_rows(values, first_of_row, others)
    return values


def _drop_blank_rows(values: Values, first_of_row: str, other: str) -> None:
    """A form always ends with a row to fill in; left blank it says nothing."""
    if first_of_row not in values:
        return
    others = values.get(other, [])
    rows = [
        (value, others[number] if number < len(others) else "")
        for number, value in enumerate(values[first_of_row])
    ]
    kept = [row for row in rows if row[0].strip()]
    values[first_of_row] = [row[0] for row in kept]
    values[other] = [row[1] for row in kept]


def first(values: Mapping[str, list[str]], name: str) -> str:
    """The first value of a name, stripped; "" when there is none."""
    given = values.get(name)
    return given[0].strip() if given else ""


def read(values: Values) -> tuple[Content, tuple[Problem, ...]]:
    """The content a form says, and what could not be understood (those fields keep their defaults)."""
    problems: list[Problem] = []
    kind = _choice(Kind, first(values, "kind"), Kind.CASE)
    given: dict[str, Any] = {}
    for words in words_of(kind):
        value = _field(values, words, problems)
        if value is not None:
            given[words.name] = value
    fields: Fields = FIELDS_OF[kind](**given)
    status = _choice(Status, first(values, "status"), Status.DRAFT)
    content = Content(
        kind=kind,
        title=first(values, "title"),
        fields=fields,
        summary=first(values, "summary"),
        body=(values.get("body") or [""])[0],
        tags=tags_of(first(values, "tags")),
        links=_links(values),
        audience=_audience(values),
        status=status,
        planned=_planned(values, problems) if status is Status.IN_PROGRESS else None,
        source=first(values, "source"),
        sample=bool(first(values, "sample")),
    )
    return content, tuple(problems)


def tags_of(text: str) -> tuple[str, ...]:
    """Tags out of one line, parted by commas of either kind; each once, without #."""
    tags = (tag.strip().lstrip("#＃").strip() for tag in _TAG_BORDER.split(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _choice(of: type[E], value: str, otherwise: E) -> E:
    try:
        return of(value)
    except ValueError:
        return otherwise


def _field(values: Values, words: FieldWords, problems: list[Problem]) -> object | None:
    """The value of one field; None keeps its default."""
    typed = first(values, words.name)
    found: object | None = typed
    match words.control:
        case Control.INTRODUCTIONS:
            found = _introductions(values)
        case Control.OUTCOME:
            found = _choice(Outcome, typed, Outcome.SUCCESS)
        case Control.PROVIDER_KIND:
            found = _choice(ProviderKind, typed, ProviderKind.WARD)
        case Control.HOURS | Control.YEN:
            found = _number(typed, words, problems)
        case Control.DATE:
            found = _day(typed, words.name, words.label, problems) if typed else None
    return found


def _number(typed: str, words: FieldWords, problems: list[Problem]) -> float | int | None:
    number = amount(typed) if typed else None
    if typed and number is None:
        problems.append(Problem(words.name, _not_a_number(words)))
    if number is None or words.control is Control.HOURS:
        return number
    return round(number)


def _day(typed: str, name: str, label: Text, problems: list[Problem]) -> date | None:
    found = day(typed)
    if found is None:
        problems.append(
            Problem(
                name,
                Text(
                    f"「{label.ja}」の日付が読み取れません。2025-04-01 または 令和7年4月1日 のように入力してください。",
                    f"“{label.en}” is not a date. Enter it like 2025-04-01.",
                ),
            )
        )
    return found


def _not_a_number(words: FieldWords) -> Text:
    return Text(
        f"「{words.label.ja}」は数字で入力してください。例：1,200 または 350万",
        f"“{words.label.en}” must be a number, e.g. 1,200.",
    )


def _introductions(values: Values) -> tuple[Introduction, ...]:
    contacts = values.get("introduced_contact", [])
    rows = []
    for number, organisation in enumerate(values.get("introduced_organisation", [])):
        contact = contacts[number].strip() if number < len(contacts) else ""
        if organisation.strip():
            rows.append(Introduction(organisation.strip(), contact))
    return tuple(rows)


def _links(values: Values) -> tuple[Link, ...]:
    kinds = values.get("link_kind", [])
    links: dict[str, Link] = {}
    for number, typed in enumerate(values.get("link_target", [])):
        found = _ID_IN_ADDRESS.search(typed)
        target = found[1] if found else typed.strip()
        kind = kinds[number] if number < len(kinds) else ""
        if target:
            links[target] = Link(target, _choice(LinkKind, kind, LinkKind.RELATED))
    return tuple(links.values())


def _audience(values: Values) -> Audience:
    kind = _choice(AudienceKind, first(values, "audience"), AudienceKind.OWN)
    named = tuple(dict.fromkeys(values.get("audience_organisations", [])))
    return Audience(kind, named if kind is AudienceKind.NAMED else ())


def _planned(values: Values, problems: list[Problem]) -> Planned | None:
    what, when = first(values, "planned_what"), first(values, "planned_when")
    label = Text("更新の時期", "When it will be updated")
    moment = _day(when, "planned_when", label, problems) if when else None
    return Planned(what, moment) if what or when else None
