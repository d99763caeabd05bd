"""Searching: the results page, suggestions, and the results as a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb_service.models.entries import Entry
from kb_service.models.searching import Hit, Results, Sort, Why
from kb_service.pages.asking import PAGE, Question, question_of
from kb_service.pages.desk import Desk
from kb_service.pages.labels import SOURCES
from kb_service.pages.showing import ExtractView, chips, extract_view, facet_views, hit_address
from kb_service.pages.spreadsheets import results_csv
from kernel.identity.models import Actor

EXPORT_MAX = 1000
SUGGESTIONS = 8
LAST_PAGE = 100
EXAMPLES_JA = (
    "AI-OCR 帳票の読み取り",
    "チャットボット 失敗",
    "書かない窓口",
    "RPA 費用対効果",
    "自治体クラウド",
    "ペーパーレス",
)


@dataclass(frozen=True, slots=True)
class WhyView:
    """Why a hit is there: shares in percent, the words that matched, the parts they stand in."""

    words: int
    meaning: int
    matched: tuple[str, ...]
    places: str


@dataclass(frozen=True, slots=True)
class HitView:
    """One hit as the page shows it."""

    entry: Entry
    address: str
    extracts: tuple[ExtractView, ...]
    why: WhyView | None
    attachments: int


def add_search_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge, /knowledge/suggestions and /knowledge/results.csv."""
    web, bank = desk.web, desk.bank

    @router.get("/knowledge")
    def search(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """The search page: everything, newest first, until something is asked."""
        question = _bounded(question_of(request.query_params.multi_items()))
        language, named = web.language(request), desk.named(request)
        results = _ask(desk, actor, question, (question.page - 1) * PAGE, PAGE)
        _ = web.translate(request)
        return desk.page(
            request,
            actor,
            "search.html",
            question=question,
            hits=[_hit_view(hit, language, bool(question.text.strip())) for hit in results.hits],
            total=results.total,
            facets=facet_views(question, results.facets, language, named),
            chips=chips(question, language, named, _("{}から"), _("{}まで")),
            cleared=question.cleared().address(),
            corrected=results.corrected,
            exactly=Question(f'"{question.text}"').address(),
            sorts=tuple(Sort) if question.text.strip() else (Sort.NEWEST, Sort.EFFECT),
            examples=EXAMPLES_JA,
            first=(question.page - 1) * PAGE + 1,
            pages=page_numbers(question.page, results.total),
            csv=question.address(path="/knowledge/results.csv"),
            csv_cp932=_with(question.address(path="/knowledge/results.csv"), "encoding=cp932"),
        )

    @router.get("/knowledge/suggestions")
    def suggestions(q: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """Completions of what is being typed."""
        found = bank.search.suggest(actor, q, SUGGESTIONS)
        return JSONResponse({"items": [{"value": each, "label": each} for each in found]})

    @router.get("/knowledge/results.csv")
    def export(request: Request, encoding: str = "utf-8", actor: Actor = Depends(web.page_actor)) -> Response:
        """The hits of a search as CSV, at most EXPORT_MAX of them."""
        question = question_of(request.query_params.multi_items())
        kind = "cp932" if encoding == "cp932" else "utf-8"
        entries = _all(desk, actor, question)
        base = str(request.base_url).rstrip("/")
        body = results_csv(entries, kind, web.language(request), desk.named(request), base)
        charset = "Shift_JIS" if kind == "cp932" else "utf-8"
        headers = {
            "Content-Disposition": 'attachment; filename="chienowa-results.csv"',
            "Cache-Control": "no-store",
        }
        return Response(body, headers=headers, media_type=f"text/csv; charset={charset}")


def page_numbers(current: int, total: int) -> tuple[int, ...]:
    """The pages to link: the first, the last, two on either side of the current one; 0 stands for a gap."""
    last = min(LAST_PAGE, max(1, -(-total // PAGE)))
    wanted = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    numbers: list[int] = []
    for number in wanted:
        if numbers and number > numbers[-1] + 1:
            numbers.append(0)
        numbers.append(number)
    return tuple(numbers)


def _bounded(question: Question) -> Question:
    if question.page <= LAST_PAGE:
        return question
    return Question(
        question.text, question.facets, question.period_from, question.period_to, question.sort, LAST_PAGE
    )


def _ask(desk: Desk, actor: Actor, question: Question, offset: int, limit: int) -> Results:
    sort = Sort.NEWEST if not question.text.strip() and question.sort is Sort.RELEVANCE else question.sort
    return desk.bank.search.search(actor, question.text, question.filters(), sort, offset=offset, limit=limit)


def _all(desk: Desk, actor: Actor, question: Question) -> Iterator[Entry]:
    offset = 0
    while offset < EXPORT_MAX:
        hits = _ask(desk, actor, question, offset, 100).hits
        yield from (hit.entry for hit in hits)
        offset += 100
        if len(hits) < 100:
            return


def _hit_view(hit: Hit, language: str, asked: bool) -> HitView:
    extracts = tuple(extract_view(hit.entry.id, extract, language) for extract in hit.extracts[:2])
    why = _why_view(hit.why, language) if asked else None
    return HitView(hit.entry, hit_address(hit), extracts, why, hit.attachments)


def _why_view(why: Why, language: str) -> WhyView:
    places = [SOURCES[name].in_language(language) for name in why.fields if name in SOURCES]
    joined = ("・" if language == "ja" else ", ").join(places)
    return WhyView(_percent(why.words), _percent(why.meaning), why.matched, joined)


def _percent(share: float) -> int:
    return round(100 * min(1.0, max(0.0, share)))


def _with(address: str, more: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{more}"
