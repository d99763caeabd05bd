"""/search and /suggestions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from kb_service.http.bank import Bank
from kb_service.http.parameters import Plain, Values
from kb_service.models.entries import Kind, Outcome, Status
from kb_service.models.searching import Filters, Sort
from kb_service.schemas.contents import Day
from kb_service.schemas.searching import ResultsOut
from kernel.identity.models import Actor
from kernel.web import Web
from kernel.web.problems import problem_responses

_Day = Annotated[Day | None, Query(description="Cases whose period overlaps.")]


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(tags=["search"])

    @router.get(
        "/search", summary="Search by word and by meaning", responses=problem_responses(401, 403, 422, 503)
    )
    def search(
        *,
        q: Annotated[
            str,
            Query(
                description='Words; "exact phrase"; -without. Empty: everything, newest first.',
                examples=["AI-OCR 税"],
            ),
        ] = "",
        provider: Values = [],  # noqa: B006  FastAPI copies defaults
        kind: Annotated[list[Kind], Query(max_length=10)] = [],  # noqa: B006
        outcome: Annotated[list[Outcome], Query(max_length=10)] = [],  # noqa: B006
        technology: Values = [],  # noqa: B006
        business: Values = [],  # noqa: B006
        status: Annotated[list[Status], Query(max_length=10)] = [],  # noqa: B006
        tag: Values = [],  # noqa: B006
        year: Values = [],  # noqa: B006
        has_attachment: bool | None = None,
        period_from: _Day = None,
        period_to: _Day = None,
        sort: Sort = Sort.RELEVANCE,
        offset: Annotated[int, Query(ge=0, le=1_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        actor: Actor = Depends(web.api_actor),
    ) -> ResultsOut:
        """Values of one filter are alternatives, filters add up. Facets count what you may read."""
        attached = () if has_attachment is None else (str(has_attachment).lower(),)
        chosen = {
            "provider": tuple(provider),
            "kind": tuple(one.value for one in kind),
            "outcome": tuple(one.value for one in outcome),
            "technology": tuple(technology),
            "business": tuple(business),
            "status": tuple(one.value for one in status),
            "tag": tuple(tag),
            "year": tuple(year),
            "has_attachment": attached,
        }
        filters = Filters({name: values for name, values in chosen.items() if values}, period_from, period_to)
        return ResultsOut.of(bank.search.search(actor, q, filters, sort, offset=offset, limit=limit))

    @router.get(
        "/suggestions", summary="Complete what is typed", responses=problem_responses(401, 403, 422, 503)
    )
    def suggest(
        q: Annotated[Plain, Query(max_length=200, examples=["えーあい"])],
        limit: Annotated[int, Query(ge=1, le=20)] = 8,
        actor: Actor = Depends(web.api_actor),
    ) -> list[str]:
        """From titles and tags that you may read; kana, romaji and kanji alike."""
        return list(bank.search.suggest(actor, q, limit))

    return router
