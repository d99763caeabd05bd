"""What the form of an entry asks for while it is being filled: a preview, tags, entries to link to."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb_service.models.searching import Filters, Sort
from kb_service.pages.desk import Desk
from kb_service.pages.labels import label
from kernel.identity.models import Actor

CHOICES = 8


def add_pickers(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/preview, /knowledge/tags and /knowledge/link-candidates."""
    web, bank = desk.web, desk.bank

    @router.post("/knowledge/preview")
    def preview(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        """The body as it will look, as a fragment."""
        body = form.get("body")
        return desk.page(request, actor, "preview.html", body=body if isinstance(body, str) else "")

    @router.get("/knowledge/tags")
    def tags(q: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """Tags in use that begin with what is typed."""
        with web.records.read() as work:
            found = bank.entries.tags(work, actor, q[:100], CHOICES)
        return JSONResponse(
            {"items": [{"value": each.tag, "label": each.tag, "note": str(each.count)} for each in found]}
        )

    @router.get("/knowledge/link-candidates")
    def candidates(request: Request, q: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """Entries to link to, found by search."""
        if not q.strip():
            return JSONResponse({"items": []})
        found = bank.search.search(actor, q[:200], Filters(), Sort.RELEVANCE, limit=CHOICES)
        language, named = web.language(request), desk.named(request)
        items = [
            {
                "id": hit.entry.id,
                "value": hit.entry.content.title,
                "label": hit.entry.content.title,
                "note": f"{label(hit.entry.content.kind, language)} {named(hit.entry.owner)}",
            }
            for hit in found.hits
        ]
        return JSONResponse({"items": items})
