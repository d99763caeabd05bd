"""Reading an entry from a Markdown file with YAML front matter, the form of the shipped samples and of
folders that a ward imports. Pure: text in, values out, and `Invalid` naming each wrong key."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, TypeVar, get_type_hints

import yaml

from kb_service.models.entries import (
    FIELDS_OF,
    Content,
    Fields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Planned,
    Status,
)
from kernel.errors import Invalid, Problem, Text
from kernel.identity.organisations import TOKYO
from kernel.visibility import Audience, AudienceKind

FENCE = "---"
KEYS = frozenset(
    {
        "id",
        "kind",
        "title",
        "summary",
        "tags",
        "status",
        "audience",
        "owner",
        "planned",
        "links",
        "attachments",
        "source",
        "sample",
        "fields",
    }
)
ORGANISATION = re.compile(r"\d{6}|tokyo|shared")
HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*?)\s*#*\s*")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class EntryFile:
    """One file: `content.links` point at slugs, `attachments` are file names, `owner` may be left open."""

    slug: str
    owner: str | None
    content: Content
    attachments: tuple[str, ...] = ()


class _Wrong(Exception):
    """A value that does not fit, on its way to becoming a `Problem`."""

    def __init__(self, where: str, ja: str, en: str) -> None:
        super().__init__(en)
        self.problem = Problem(where, Text(ja, en))


def parse_entry_file(text: str, name: str) -> EntryFile:
    """The entry in `text`, which was read from a file called `name`. Raises `Invalid`, nothing else.

    Without front matter the title is the first heading, else the file's name, and the kind is case."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    stem = PurePosixPath(name).stem or name
    header, body = _split(text, name)
    if header is None:
        content = Content(Kind.CASE, _first_heading(body) or stem, FIELDS_OF[Kind.CASE](), body=body.strip())
        return EntryFile(stem, None, content)
    problems: list[Problem] = []
    reader = _Reader(_mapping_of(header, name), problems)
    entry = _read(reader, stem, body)
    if problems or entry is None:
        listing_ja = "、".join(f"{p.where}（{p.text.ja}）" for p in problems)
        listing_en = "; ".join(f"{p.where}: {p.text.en}" for p in problems)
        raise Invalid(
            Text(
                f"ファイル「{name}」の先頭の項目に誤りがあります。{listing_ja}。直してからもう一度取り込んでください。",
                f"The front matter of {name} is wrong: {listing_en}. Correct it and import again.",
            ),
            tuple(problems),
        )
    return entry


def _split(text: str, name: str) -> tuple[str | None, str]:
    """Front matter (None when there is none) and body."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return None, text
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    raise Invalid(
        Text(
            f"ファイル「{name}」の先頭の「---」に対応する、終わりの「---」の行がありません。行を補ってください。",
            f"The front matter of {name} starts with --- but has no closing --- line. Add it.",
        )
    )


def _mapping_of(header: str, name: str) -> dict[Any, Any]:
    try:
        loaded = yaml.safe_load(header)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        raise Invalid(
            Text(
                f"ファイル「{name}」の先頭の項目をYAMLとして読めません（{line}行目付近）。記号と字下げを確認してください。",
                f"The front matter of {name} is not valid YAML (near line {line}). Check the indentation.",
            )
        ) from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # PyYAML's constructors let these through for dates, numbers and tags that do not exist.
        raise Invalid(
            Text(
                f"ファイル「{name}」の先頭の項目に、読めない日付・数値・入れ子があります。値を確認してください。",
                f"The front matter of {name} holds a date, number or nesting that cannot be read. Check it.",
            )
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise Invalid(
            Text(
                f"ファイル「{name}」の先頭の項目は「項目名: 値」の形で書いてください。",
                f"The front matter of {name} must be written as 'key: value' lines.",
            )
        )
    return loaded


class _Reader:
    """Takes values out of one mapping; what does not fit is added to the shared list of problems."""

    def __init__(self, values: dict[Any, Any], problems: list[Problem], path: str = "") -> None:
        self.values, self.problems, self.path = values, problems, path

    def take(self, key: str, convert: Callable[[Any, str], Any], default: Any) -> Any:
        """The converted value, or `default` when it is absent, empty or wrong."""
        value = self.values.get(key)
        if value is None:
            return default
        try:
            return convert(value, self.path + key)
        except _Wrong as wrong:
            self.problems.append(wrong.problem)
            return default

    def unknown(self, known: frozenset[str]) -> None:
        """Complain of keys that mean nothing: they are slips of the pen."""
        for key in self.values:
            if key not in known:
                shown = key[:40] if isinstance(key, str) else type(key).__name__
                self.wrong(shown, "この項目名はありません", "there is no such key")

    def wrong(self, key: str, ja: str, en: str) -> None:
        """Add one problem."""
        self.problems.append(Problem(self.path + key, Text(ja, en)))


def _read(reader: _Reader, stem: str, body: str) -> EntryFile | None:
    reader.unknown(KEYS)
    kind: Kind | None = reader.take("kind", _one_of(Kind), None)
    title: str = reader.take("title", _text, "")
    for key, missing in (("kind", kind is None), ("title", not title)):
        if missing and not any(problem.where == key for problem in reader.problems):
            reader.wrong(key, "必ず書いてください", "is required")
    if kind is None or not title:
        return None
    status: Status = reader.take("status", _one_of(Status), Status.DRAFT)
    planned: Planned | None = reader.take("planned", _planned, None)
    if status is Status.IN_PROGRESS and planned is None:
        reader.wrong(
            "planned", "更新予定（what と when）を書いてください", "say what will be updated, and when"
        )
    content = Content(
        kind=kind,
        title=title,
        fields=_fields(kind, reader),
        summary=reader.take("summary", _text, ""),
        body=body.strip(),
        tags=tuple(reader.take("tags", _list_of(_text), ())),
        links=tuple(reader.take("links", _list_of(_link), ())),
        audience=reader.take("audience", _audience, Audience()),
        status=status,
        planned=planned,
        source=reader.take("source", _text, ""),
        sample=reader.take("sample", _yes_or_no, False),
    )
    return EntryFile(
        slug=reader.take("id", _text, stem),
        owner=reader.take("owner", _organisation, None),
        content=content,
        attachments=tuple(reader.take("attachments", _list_of(_file_name), ())),
    )


def _fields(kind: Kind, reader: _Reader) -> Fields:
    """The fields of the kind, each read by the type that its dataclass declares."""
    model = FIELDS_OF[kind]
    inner = _Reader(reader.take("fields", _mapping, {}), reader.problems, "fields.")
    inner.unknown(frozenset(item.name for item in fields(model)))
    hints = get_type_hints(model)
    values: dict[str, Any] = {}
    for item in fields(model):
        if inner.values.get(item.name) is not None:
            values[item.name] = inner.take(item.name, _converter(hints[item.name]), item.default)
    return model(**values)


def _converter(hint: Any) -> Callable[[Any, str], Any]:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _one_of(hint)
    simple: dict[Any, Callable[[Any, str], Any]] = {
        str: _text,
        int | None: _whole,
        float | None: _number,
        date | None: _date,
        tuple[Introduction, ...]: lambda value, where: tuple(_list_of(_introduction)(value, where)),
    }
    return simple[hint]


def _mapping(value: Any, where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _Wrong(where, "「項目名: 値」の形で書いてください", "must be a mapping")
    return value


def _text(value: Any, where: str) -> str:
    """Text; a bare number is text too, because YAML reads a ward's code as one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Wrong(where, "文字で書いてください", "must be text")
    if isinstance(value, int) and abs(value) >= 10**18:
        raise _Wrong(where, "長い数は引用符で囲んでください", "a long number must be quoted")
    return str(value).strip()


def _file_name(value: Any, where: str) -> str:
    """A bare file name: nothing may point outside the folder."""
    name = _text(value, where)
    if not name or name in {".", ".."} or any(mark in name for mark in "/\\\0"):
        raise _Wrong(where, "フォルダーを含まないファイル名を書いてください", "must be a bare file name")
    return name


def _organisation(value: Any, where: str) -> str:
    code = _text(value, where)
    if not ORGANISATION.fullmatch(code):
        raise _Wrong(
            where,
            "団体コード（6桁）、tokyo、shared のどれかです",
            "must be a code, tokyo or shared",
        )
    return TOKYO if code == "tokyo" else code


def _yes_or_no(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(where, "true か false です", "must be true or false")
    return value


def _number(value: Any, where: str) -> float:
    """A finite figure that is not negative (hours)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12:
        raise _Wrong(where, "0以上の数です", "must be a number of 0 or more")
    return float(value)


def _whole(value: Any, where: str) -> int:
    """Whole yen."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**15:
        raise _Wrong(where, "0以上の整数です", "must be a whole number of 0 or more")
    return value


def _date(value: Any, where: str) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _Wrong(where, "日付（例 2026-04-01）です", "must be a date such as 2026-04-01")
    return value


def _one_of(choices: type[E]) -> Callable[[Any, str], E]:
    def convert(value: Any, where: str) -> E:
        try:
            return choices(value)
        except (TypeError, ValueError):
            allowed = ", ".join(choice.value for choice in choices)
            raise _Wrong(where, f"{allowed} のどれかです", f"must be one of {allowed}") from None

    return convert


def _list_of(convert: Callable[[Any, str], Any]) -> Callable[[Any, str], list[Any]]:
    def converted(value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise _Wrong(where, "[ ] で囲んだ並びです", "must be a list")
        return [convert(item, f"{where}[{number}]") for number, item in enumerate(value)]

    return converted


def _link(value: Any, where: str) -> Link:
    if isinstance(value, str):
        return Link(value)
    pair = _mapping(value, where)
    if not isinstance(pair.get("target"), str) or not set(pair) <= {"target", "kind"}:
        raise _Wrong(where, "target（相手のid）と kind で書いてください", "needs target and, if wanted, kind")
    return Link(pair["target"], _one_of(LinkKind)(pair.get("kind", "related"), f"{where}.kind"))


def _introduction(value: Any, where: str) -> Introduction:
    pair = _mapping(value, where)
    if pair.get("organisation") is None or not set(pair) <= {"organisation", "contact"}:
        raise _Wrong(
            where, "organisation と contact で書いてください", "needs organisation and, if wanted, contact"
        )
    return Introduction(_text(pair["organisation"], where), _text(pair.get("contact") or "", where))


def _planned(value: Any, where: str) -> Planned:
    pair = _mapping(value, where)
    what = _text(pair.get("what") or "", f"{where}.what")
    if not what or not set(pair) <= {"what", "when"}:
        raise _Wrong(where, "what（内容）と when（日付）で書いてください", "needs what and, if known, when")
    when = pair.get("when")
    return Planned(what, None if when is None else _date(when, f"{where}.when"))


def _audience(value: Any, where: str) -> Audience:
    if isinstance(value, dict):
        codes = _list_of(_organisation)(value.get("named"), f"{where}.named")
        if not codes or set(value) != {"named"}:
            raise _Wrong(where, "named に団体コードを並べてください", "named must list organisations")
        return Audience(AudienceKind.NAMED, tuple(codes))
    kind = _one_of(AudienceKind)(value, where)
    if kind is AudienceKind.NAMED:
        raise _Wrong(where, "named に団体コードを並べてください", "named must list organisations")
    return Audience(kind)


def _first_heading(body: str) -> str | None:
    fenced = False
    for line in body.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = None if fenced else HEADING.fullmatch(line)
        if match:
            return match["title"]
    return None
