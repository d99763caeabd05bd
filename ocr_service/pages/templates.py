"""Templates: the list, one of them with its versions, and its file."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kernel.artifacts import Trust
from kernel.errors import Conflict, NotFound, not_found
from kernel.identity.models import Actor
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, may
from kernel.records import UnitOfWork
from kernel.visibility import AudienceKind
from kernel.web.translations import N_
from ocr_service.models.fields import Field
from ocr_service.models.forms import Form, Template, TemplateVersion
from ocr_service.pages.desk import Desk
from ocr_service.schemas.forms import write_file

LISTED = 50
AUDIENCES = {
    AudienceKind.OWN: N_("所属団体だけ"),
    AudienceKind.NAMED: N_("選んだ団体"),
    AudienceKind.MEMBERS: N_("参加団体すべて"),
    AudienceKind.PUBLIC: N_("参加団体すべて（一般にも公開）"),
}
TRUSTS = {
    Trust.VALID: N_("発行した団体の鍵による署名を確かめました"),
    Trust.HOUSE: N_("このシステムの署名を確かめました"),
    Trust.REVOKED: N_("署名の鍵は失効しています"),
    Trust.STRANGER: N_("署名の鍵が、発行した団体のものではありません"),
    Trust.UNKNOWN: N_("署名の鍵が、ここに登録されていません"),
    Trust.UNSIGNED: N_("署名はありません"),
    Trust.BROKEN: N_("署名が内容と合いません"),
}


@dataclass(frozen=True, slots=True)
class Differences:
    """Labels of fields that were added, are gone, or are not as they were; `other`: something else is not."""

    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    other: bool


def add_template_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/templates and /forms/templates/{id}."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/templates")
    def templates(
        request: Request, show: str = "", after: str = "", actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """All that the person may see, newest change first."""
        owners = {"own": (actor.organisation,)}.get(show, ())
        with web.records.read() as work:
            listed = forms.templates.page(
                work, actor, owners=owners, archived=show == "archived", cursor=after or None, limit=LISTED
            )
        return desk.page(
            request,
            actor,
            "templates.html",
            templates=[each for each in listed.items if show != "archived" or each.archived],
            audiences=AUDIENCES,
            show=show,
            after=after,
            next=listed.next,
        )

    @router.get("/forms/templates/{template_id}")
    def template(
        request: Request, template_id: str, version: str = "", actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """One version as a picture with its fields, and what can be done."""
        with web.records.read() as work:
            found = forms.templates.get(work, actor, template_id)
            own = found.owner == actor.organisation
            shown = version_of(desk, work, actor, found, version)
            lines = forms.templates.versions(work, actor, template_id)
            verdict = forms.templates.verdict(work, shown) if shown.version else None
            pending = _pending(desk, work, actor, found) if own else None
        return desk.page(
            request,
            actor,
            "template.html",
            template=found,
            own=own,
            changeable=own and may(actor, Action.FORM_TEMPLATE),
            shown=shown,
            lines=lines,
            trust=TRUSTS[verdict.trust] if verdict else "",
            sound=bool(verdict and verdict.sound),
            pending=pending,
            audiences=AUDIENCES,
            organisations=[code for code in ORGANISATIONS if code != found.owner],
            fields_of=fields_of,
            named=desk.named(actor),
            copy_name=f"{found.name}_{actor.organisation}"[:64],
        )

    @router.get("/forms/templates/{template_id}/pages/{number}")
    def picture(
        template_id: str, number: int, version: str = "", actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """The blank page as PNG."""
        with web.records.read() as work:
            found = forms.templates.get(work, actor, template_id)
            shown = version_of(desk, work, actor, found, version)
        page = next((each for each in shown.form.pages if each.number == number), None)
        if page is None:
            raise not_found("ページ", "The page")
        headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(page.image, media_type="image/png", headers=headers)

    @router.get("/forms/templates/{template_id}/file")
    def file(template_id: str, version: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """The template as one file, for another installation."""
        with web.records.read() as work:
            found = forms.templates.get(work, actor, template_id)
            shown = version_of(desk, work, actor, found, version)
        name = f"{shown.form.name}-{shown.version or 'draft'}.json"  # plain ASCII, both
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(
            write_file(shown.form, shown.envelope), media_type="application/json", headers=headers
        )


def version_of(
    desk: Desk, work: UnitOfWork, actor: Actor, template: Template, version: str
) -> TemplateVersion:
    """ "draft", a number, or "" for the newest published one, or the draft where there is none."""
    if version == "draft":
        return desk.forms.templates.draft(work, actor, template.id)
    return desk.forms.templates.version(work, actor, template.id, version)


def differences(before: Form | None, after: Form) -> Differences:
    """What publishing `after` changes for those who use `before`."""
    old = {each.name: each for each in fields_of(before)} if before else {}
    new = {each.name: each for each in fields_of(after)}
    rest_before = (before.title, before.description, before.checks) if before else ()
    rest_after = (after.title, after.description, after.checks)
    pictures = (
        [page.image for page in before.pages] != [page.image for page in after.pages] if before else False
    )
    return Differences(
        tuple(each.label for name, each in new.items() if name not in old),
        tuple(each.label for name, each in old.items() if name not in new),
        tuple(each.label for name, each in new.items() if name in old and old[name] != each),
        bool(before) and (rest_before != rest_after or pictures),
    )


def fields_of(form: Form) -> Iterator[Field]:
    """Every field, with the cells of tables."""
    return form.every_field()


def _pending(
    desk: Desk, work: UnitOfWork, actor: Actor, template: Template
) -> tuple[str, Differences] | None:
    """The number that the draft would be published under and what that changes; None when nothing does."""
    if not may(actor, Action.FORM_TEMPLATE):
        return None
    try:
        number, _change = desk.forms.publishing.next_version(work, actor, template.id)
    except (Conflict, NotFound):
        return None
    draft = desk.forms.templates.draft(work, actor, template.id)
    before = desk.forms.templates.version(work, actor, template.id, "") if template.current else None
    return str(number), differences(before.form if before else None, draft.form)
