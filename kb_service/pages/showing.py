"""What a page shows of hits, facets and extracts: words chosen, texts cut, addresses made. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zlib import crc32

from kb_service.models.entries import CaseFields, Entry, ProductFields
from kb_service.models.passages import Passage, PassageSource
from kb_service.models.searching import Extract, FacetCount, Hit
from kb_service.pages.asking import Question
from kb_service.pages.fields import field_label
from kb_service.pages.labels import FACETS, SOURCES, facet_value, place_words

Named = Callable[[str], str]  # organisation code → its name, anything else unchanged

EXTRACT = 96  # characters: about two lines beside the facets at 14 px
BEFORE = 18
CHOICES = 60  # values of a facet; the rest is reached by words
_JOINING = frozenset("-‐－・･/／_ ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ExtractView:
    """A passage cut to a line or two, with where it stands and the address that opens it there."""

    place: str
    pieces: tuple[Piece, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. `anchor` is a name for it that stays the same and suits an id."""

    value: str
    anchor: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet with the values that the hits carry."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, and the address of the same search without it."""

    label: str
    address: str


def pieces(text: str, marks: Sequence[tuple[int, int]], length: int = EXTRACT) -> tuple[Piece, ...]:
    """About `length` characters around the first mark, cut into marked and plain pieces; line breaks
    become spaces, an ellipsis shows a cut."""
    inside = _joined(
        text, sorted((max(0, a), min(len(text), b)) for a, b in marks if a < len(text) and b > a)
    )
    begin = _start(text, inside[0][0] if inside else 0, length)
    end = min(len(text), begin + length)
    found: list[Piece] = [Piece("…", False)] if begin else []
    position = begin
    for left, right in inside:
        a, b = max(left, position), min(right, end)
        if a >= b:
            continue
        if a > position:
            found.append(Piece(_plain(text[position:a]), False))
        found.append(Piece(_plain(text[a:b]), True))
        position = b
    if position < end:
        found.append(Piece(_plain(text[position:end]), False))
    if end < len(text):
        found.append(Piece("…", False))
    return tuple(piece for piece in found if piece.text)


def _joined(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks with nothing but one joining sign between them become one: AI-OCR, 申請・届出."""
    joined: list[tuple[int, int]] = []
    for a, b in marks:
        if joined and (a <= joined[-1][1] or text[joined[-1][1] : a] in _JOINING):
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _start(text: str, mark: int, length: int) -> int:
    if mark <= BEFORE or len(text) <= length:
        return 0
    begin = min(mark - BEFORE, len(text) - length)
    for stop in "。\n":
        border = text.rfind(stop, begin, mark)
        if border >= 0:
            return border + 1
    return begin


def _plain(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def extract_place(passage: Passage, language: str) -> str:
    """添付: 報告書.pdf 12ページ, 本文: 効果, 学んだこと・注意点."""
    source = SOURCES[passage.source].in_language(language)
    if passage.source is PassageSource.ATTACHMENT:
        where = " ".join(
            part for part in (passage.attachment_name, place_words(passage.place, language)) if part
        )
        return f"{source}: {where}"
    if passage.source is PassageSource.FIELD:
        return field_label(passage.field_name, language)
    if passage.source is PassageSource.BODY and passage.heading:
        return f"{source}: {passage.heading}"
    return source


def passage_address(entry_id: str, passage: Passage, marked: Sequence[str]) -> str:
    """Where a passage is read: its place in the entry's page, or in the text of the attachment."""
    query = urlencode([("mark", word) for word in dict.fromkeys(marked)][:8])
    mark = f"?{query}" if query else ""
    if passage.source is PassageSource.ATTACHMENT:
        place = f"#place-{passage.place.kind}-{passage.place.number}" if passage.place else ""
        return f"/knowledge/{entry_id}/attachments/{passage.attachment_id}/text{mark}{place}"
    anchor = {
        PassageSource.TITLE: "",
        PassageSource.SUMMARY: "#summary",
        PassageSource.FIELD: f"#field-{passage.field_name}",
        PassageSource.BODY: "#body",
    }[passage.source]
    return f"/knowledge/{entry_id}{mark}{anchor}"


def extract_view(entry_id: str, extract: Extract, language: str) -> ExtractView:
    """One line of a hit."""
    passage = extract.passage
    marked = [passage.text[a:b] for a, b in _joined(passage.text, sorted(extract.marks))]
    return ExtractView(
        extract_place(passage, language),
        pieces(passage.text, extract.marks),
        passage_address(entry_id, passage, marked),
    )


def hit_address(hit: Hit) -> str:
    """The entry's page, with the words that were found to be marked there."""
    words = [e.passage.text[a:b] for e in hit.extracts for a, b in _joined(e.passage.text, sorted(e.marks))]
    query = urlencode([("mark", word) for word in dict.fromkeys(words)][:8])
    return f"/knowledge/{hit.entry.id}" + (f"?{query}" if query else "")


def facet_views(
    question: Question, facets: Mapping[str, Sequence[FacetCount]], language: str, named: Named
) -> tuple[FacetView, ...]:
    """The facets in the order of FACETS; chosen values stay even when no hit carries them."""
    views = []
    for name, label in FACETS.items():
        counted = {each.value: each.count for each in facets.get(name, ())}
        picked = question.facets.get(name, ())
        for value in picked:
            counted.setdefault(value, 0)
        if not counted or (name == "has_attachment" and not picked and set(counted) == {"false"}):
            continue
        choices = tuple(
            Choice(
                value,
                f"{crc32(value.encode()):08x}",
                _value(name, value, language, named),
                count,
                value in picked,
            )
            for value, count in counted.items()
        )
        choices = tuple(each for n, each in enumerate(choices) if n < CHOICES or each.chosen)
        if name == "year":
            choices = tuple(sorted(choices, key=lambda choice: choice.value, reverse=True))
        views.append(FacetView(name, label.in_language(language), choices, len(picked)))
    return tuple(views)


def chips(question: Question, language: str, named: Named, since: str, until: str) -> tuple[Chip, ...]:
    """The chosen filters. `since` and `until` are the words around a period's dates, with {}."""
    found = [
        Chip(
            f"{FACETS[name].in_language(language)}：{_value(name, value, language, named)}",
            question.without(name, value).address(),
        )
        for name, values in question.facets.items()
        for value in values
    ]
    bare = Question(question.text, question.facets, sort=question.sort)
    if question.period_from:
        left = Question(bare.text, bare.facets, None, question.period_to, bare.sort)
        found.append(Chip(since.format(question.period_from.isoformat()), left.address()))
    if question.period_to:
        left = Question(bare.text, bare.facets, question.period_from, None, bare.sort)
        found.append(Chip(until.format(question.period_to.isoformat()), left.address()))
    return tuple(found)


def _value(facet: str, value: str, language: str, named: Named) -> str:
    return named(value) if facet == "provider" else facet_value(facet, value, language)


def effect_and_cost(entry: Entry) -> dict[str, float | int | None]:
    """The figures that a hit shows when they are known: hours and yen a year, yen."""
    fields = entry.content.fields
    case = fields if isinstance(fields, CaseFields) else CaseFields()
    product = fields if isinstance(fields, ProductFields) else ProductFields()
    return {
        "hours": case.effect_hours,
        "saved": case.effect_yen,
        "cost": case.cost_yen,
        "price": product.purchase_price_yen,
        "running": product.running_cost_yen,
    }
