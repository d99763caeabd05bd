"""Writing: a new entry, and changing one."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Entry, Kind, Status
from kb_service.pages.conflict import Collision, conflict_page
from kb_service.pages.desk import Desk
from kb_service.pages.entry import whole
from kb_service.pages.form_page import Filled, form_page
from kb_service.pages.forms import Values, empty_values, first, read, values_from_pairs, values_of
from kb_service.pages.labels import KIND_PURPOSES, KINDS
from kb_service.pages.merging import chosen
from kb_service.service.errors import StaleEntry
from kernel.errors import Forbidden, Invalid, Problem, Unavailable
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require


def add_editing_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/new and /knowledge/{id}/edit."""
    web, bank = desk.web, desk.bank

    @router.get("/knowledge/new")
    def new(request: Request, kind: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """Asks for the kind first, then shows its form."""
        require(actor, Action.ENTRY_WRITE)
        found = [each for each in Kind if each == kind]
        if not found:
            language = web.language(request)
            kinds = [
                (each, KINDS[each].in_language(language), KIND_PURPOSES[each].in_language(language))
                for each in Kind
            ]
            return desk.page(request, actor, "choose_kind.html", kinds=kinds)
        return form_page(desk, request, actor, Filled(empty_values(found[0])))

    @router.post("/knowledge/new")
    def create(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        """Saves a new entry."""
        values = values_from_pairs(form.multi_items())
        content, problems = read(values)
        if problems:
            return form_page(desk, request, actor, Filled(values, None, problems))
        try:
            with web.records.write() as work:
                entry = bank.entries.create(work, actor, content, first(values, "note"))
        except (Invalid, Forbidden) as error:
            return form_page(desk, request, actor, Filled(values, None, _problems_of(error)))
        except Unavailable as failure:  # a full disk, for example: nothing that was typed is lost
            return form_page(desk, request, actor, Filled(values), failure)
        return _saved(desk, request, entry, values)

    @router.get("/knowledge/{entry_id}/edit")
    def edit(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The form with what is stored."""
        with web.records.read() as work:
            entry = bank.entries.get(work, actor, entry_id)
        bank.entries.check_change(actor, entry)
        return form_page(desk, request, actor, Filled(values_of(entry.content), entry))

    @router.post("/knowledge/{entry_id}/edit")
    def save(
        request: Request,
        entry_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Saves a new version, or shows what somebody else saved meanwhile."""
        values = values_from_pairs(form.multi_items())
        with web.records.read() as work:
            stored = bank.entries.get(work, actor, entry_id)
        values = chosen(stored.content.kind, values)
        content, problems = read({**values, "kind": [stored.content.kind]})
        based_on = whole(first(values, "based_on"))
        if problems:
            return form_page(desk, request, actor, Filled(values, stored, problems, based_on))
        try:
            with web.records.write() as work:
                entry = bank.entries.save(work, actor, entry_id, content, based_on, first(values, "note"))
        except StaleEntry as error:
            return conflict_page(desk, request, actor, Collision(values, error.current or stored, based_on))
        except (Invalid, Forbidden) as error:
            return form_page(desk, request, actor, Filled(values, stored, _problems_of(error), based_on))
        except Unavailable as failure:
            return form_page(desk, request, actor, Filled(values, stored, (), based_on), failure)
        return _saved(desk, request, entry, values)


def _saved(desk: Desk, request: Request, entry: Entry, values: Values) -> Response:
    _ = desk.web.translate(request)
    anchor = "#attachments" if first(values, "then") == "attach" else ""
    sentence = (
        _("下書きを保存しました。所属団体の職員だけが見られます。")
        if entry.content.status is Status.DRAFT
        else _("保存しました。検索で見つかるようになりました。")
    )
    return desk.go(f"/knowledge/{entry.id}{anchor}", sentence)


def _problems_of(error: Invalid | Forbidden) -> tuple[Problem, ...]:
    return error.problems or (Problem("", error.text),)
