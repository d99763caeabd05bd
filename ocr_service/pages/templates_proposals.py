"""Proposals for fields of a draft: places on its pages that look like fields, found when it was made or on demand."""

import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kernel.errors import ChienowaError, NotFound, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.models.forms import FormPage
from ocr_service.pages.desk import Desk
from ocr_service.pages.templates_editor import told
from ocr_service.ports.form_reading import Proposal
from ocr_service.rules.form_document import field_document
from ocr_service.service.proposing import proposed_fields

_LARGEST = 4_000_000  # bytes


def add_template_proposals(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/templates/{id}/proposals."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/templates/{template_id}/proposals/{kept}")
    def kept_proposals(template_id: str, kept: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Those found when the draft was made; they are there for a day."""
        require(actor, Action.FORM_TEMPLATE)
        with web.records.read() as work:
            forms.templates.draft(work, actor, template_id)
        return JSONResponse(_kept(desk, template_id, kept), headers={"Cache-Control": "no-store"})

    @router.post("/forms/templates/{template_id}/proposals", dependencies=[Depends(web.csrf)])
    def propose(request: Request, template_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Looks for them anew; some seconds a page."""
        require(actor, Action.FORM_TEMPLATE)
        with web.records.read() as work:
            draft = forms.templates.draft(work, actor, template_id)
        try:
            found = [{"page": page.number, "fields": _proposed(desk, page)} for page in draft.form.pages]
        except ChienowaError as error:
            return told(desk, request, error)
        return JSONResponse(found, headers={"Cache-Control": "no-store"})


def keep_proposals(desk: Desk, template_id: str, found: Mapping[int, Sequence[Proposal]]) -> str:
    """Keeps what was found on the pages of a new draft; returns what to ask for. No record names it, so that it
    is swept away after a day."""
    pages = [
        {"page": number, "fields": [field_document(each) for each in proposed_fields(proposals)]}
        for number, proposals in found.items()
    ]
    content = json.dumps({"template": template_id, "pages": pages}, ensure_ascii=False)
    return desk.forms.blobs.add(io.BytesIO(content.encode()), _LARGEST).digest


def _kept(desk: Desk, template_id: str, digest: str) -> Any:
    """Only what was kept for this template: any other blob is as absent."""
    absent = not_found("項目の候補", "The proposals")
    if len(digest) != 64 or not (digest.isascii() and digest.isalnum()):
        raise absent
    try:
        with desk.forms.blobs.open(digest) as stream:
            content = json.loads(stream.read(_LARGEST))
    except (NotFound, FileNotFoundError, ValueError) as error:
        raise absent from error
    if not isinstance(content, dict) or content.get("template") != template_id:
        raise absent
    return content.get("pages", [])


def _proposed(desk: Desk, page: FormPage) -> list[dict[str, Any]]:
    """Fields that the page seems to have, in millimetres of this page."""
    with tempfile.TemporaryDirectory(prefix="blank-", dir=desk.web.settings.folder("tmp")) as folder:
        kept = Path(folder) / "page.png"
        kept.write_bytes(page.image)
        read = desk.forms.blanks.pages(kept, kept.name)
    if not read:
        return []
    across, down = page.width / read[0].width, page.height / read[0].height
    return [field_document(each) for each in proposed_fields(read[0].proposals, across, down)]
