"""Writing: the form of an entry, its preview, its pickers, and the page for two people who saved at once."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb_service.models.entries import Entry, Kind, LinkKind, Outcome, ProviderKind, Status
from kb_service.models.searching import Filters, Sort
from kb_service.pages.desk import Desk, rights
from kb_service.pages.entry import whole
from kb_service.pages.fields import GROUPS, field_label
from kb_service.pages.forms import Values, empty_values, first, read, values_from_pairs, values_of
from kb_service.pages.labels import (
    AUDIENCE_MEANINGS,
    AUDIENCES,
    KIND_PURPOSES,
    KINDS,
    LINKS,
    OUTCOMES,
    PROVIDER_KINDS,
    STATUS_MEANINGS,
    STATUSES,
    label,
)
from kb_service.pages.merging import Merge, chosen, groups, merge
from kb_service.rules.comparison import stretches
from kb_service.service.errors import StaleEntry
from kernel.errors import Forbidden, Invalid, NotFound, Problem
from kernel.identity.models import Actor
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, may, require
from kernel.visibility import AudienceKind

CONTROL_OF = {
    "planned.what": "planned_what",
    "planned.when": "planned_when",
    "audience.organisations": "audience_organisations",
    "links": "links",
    "introduced_by": "introduced_by",
}


def add_editing_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/new, /knowledge/{id}/edit and what their forms call."""
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
        return _form_page(desk, request, actor, empty_values(found[0]), None)

    @router.post("/knowledge/new")
    def create(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        """Saves a new entry."""
        values = values_from_pairs(form.multi_items())
        content, problems = read(values)
        if problems:
            return _form_page(desk, request, actor, values, None, problems)
        try:
            with web.records.write() as work:
                entry = bank.entries.create(work, actor, content, first(values, "note"))
        except (Invalid, Forbidden) as error:
            return _form_page(desk, request, actor, values, None, _problems_of(error))
        return _saved(desk, request, entry, values)

    @router.get("/knowledge/{entry_id}/edit")
    def edit(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The form with what is stored."""
        with web.records.read() as work:
            entry = bank.entries.get(work, actor, entry_id)
        require(actor, Action.ENTRY_WRITE)
        return _form_page(desk, request, actor, values_of(entry.content), entry)

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
            return _form_page(desk, request, actor, values, stored, problems, based_on)
        try:
            with web.records.write() as work:
                entry = bank.entries.save(work, actor, entry_id, content, based_on, first(values, "note"))
        except StaleEntry as error:
            return _conflict_page(desk, request, actor, values, error.current or stored, based_on)
        except (Invalid, Forbidden) as error:
            return _form_page(desk, request, actor, values, stored, _problems_of(error), based_on)
        return _saved(desk, request, entry, values)

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
            found = bank.entries.tags(work, actor, q[:100], 8)
        return JSONResponse(
            {"items": [{"value": each.tag, "label": each.tag, "note": str(each.count)} for each in found]}
        )

    @router.get("/knowledge/link-candidates")
    def candidates(request: Request, q: str = "", actor: Actor = Depends(web.page_actor)) -> Response:
        """Entries to link to, found by search."""
        if not q.strip():
            return JSONResponse({"items": []})
        found = bank.search.search(actor, q[:200], Filters(), Sort.RELEVANCE, limit=8)
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


def _saved(desk: Desk, request: Request, entry: Entry, values: Values) -> Response:
    translate = desk.web.translate(request)
    anchor = "#attachments" if first(values, "then") == "attach" else ""
    sentence = (
        translate("下書きを保存しました。所属団体の職員だけが見られます。")
        if entry.content.status is Status.DRAFT
        else translate("保存しました。検索で見つかるようになりました。")
    )
    return desk.go(request, f"/knowledge/{entry.id}{anchor}", sentence)


def _problems_of(error: Invalid | Forbidden) -> tuple[Problem, ...]:
    return error.problems or (Problem("", error.text),)


def control_of(where: str) -> str:
    """The id of the control that a problem of the services is about."""
    name = where.removeprefix("fields.").removeprefix("/fields/").lstrip("/")
    if name in CONTROL_OF:
        return CONTROL_OF[name]
    head = name.split(".")[0]
    if name.startswith("audience.organisations"):
        return CONTROL_OF["audience.organisations"]
    return CONTROL_OF.get(head, head)


def _form_page(
    desk: Desk,
    request: Request,
    actor: Actor,
    values: Values,
    entry: Entry | None,
    problems: Sequence[Problem] = (),
    based_on: int = 0,
) -> Response:
    web, language = desk.web, desk.web.language(request)
    kind = Kind(first(values, "kind")) if entry is None else entry.content.kind
    shown = tuple((control_of(each.where), each.text.in_language(language)) for each in problems)
    attachments = ()
    with web.records.read() as work:
        linked = desk.bank.entries.visible(work, actor, values.get("link_target", []))
        if entry is not None:
            attachments = desk.bank.attachments.list(work, actor, entry.id)
    version = based_on or (entry.version if entry else 0)
    return desk.page(
        request,
        actor,
        "form.html",
        status=422 if problems else 200,
        entry=entry,
        kind=kind,
        values=values,
        value=lambda name: (values.get(name) or [""])[0],
        problems=shown,
        groups=_groups(kind, language),
        link_rows=_link_rows(values, {key: each.content.title for key, each in linked.items()}),
        introduction_rows=_introduction_rows(values),
        attachments=attachments,
        based_on=version,
        draft_key=f"kb-draft:{actor.user_id}:{entry.id if entry else 'new-' + kind}",
        may_delete=entry is not None and rights(actor, entry).delete,
        upload_limit=web.settings.upload_max_mb * 1_000_000,
        **_options(actor, entry, language),
    )


def _groups(kind: Kind, language: str) -> list[dict[str, Any]]:
    return [
        {
            "title": group.title.in_language(language),
            "fields": [
                {
                    "name": words.name,
                    "control": words.control,
                    "label": words.label.in_language(language),
                    "hint": words.hint.in_language(language),
                }
                for words in group.fields
            ],
        }
        for group in GROUPS[kind]
    ]


def _options(actor: Actor, entry: Entry | None, language: str) -> dict[str, Any]:
    """The choices of the form. Who may not publish is offered what they may choose."""
    publish = may(actor, Action.ENTRY_PUBLISH)
    statuses = [each for each in Status if publish or each in {Status.DRAFT, Status.IN_PROGRESS}]
    if entry is None:
        statuses = [each for each in statuses if each is not Status.ARCHIVED]
    owner = entry.owner if entry else actor.organisation
    return {
        "may_publish": publish,
        "statuses": [
            (each, STATUSES[each].in_language(language), STATUS_MEANINGS[each].in_language(language))
            for each in statuses
        ],
        "audiences": [
            (each, AUDIENCES[each].in_language(language), AUDIENCE_MEANINGS[each].in_language(language))
            for each in AudienceKind
        ],
        "organisations": [
            (code, each.name_en if language == "en" else each.name, "")
            for code, each in ORGANISATIONS.items()
            if code != owner
        ],
        "all_organisations": [
            (code, each.name_en if language == "en" else each.name, "")
            for code, each in ORGANISATIONS.items()
        ],
        "outcomes": [(each, OUTCOMES[each].in_language(language), "") for each in Outcome],
        "provider_kinds": [(each, PROVIDER_KINDS[each].in_language(language)) for each in ProviderKind],
        "link_kinds": [(each, LINKS[each].in_language(language)) for each in LinkKind],
    }


def _link_rows(values: Values, titles: dict[str, str]) -> list[dict[str, str]]:
    kinds = values.get("link_kind", [])
    return [
        {
            "target": target,
            "title": titles.get(target, target),
            "kind": kinds[number] if number < len(kinds) else LinkKind.RELATED,
        }
        for number, target in enumerate(values.get("link_target", []))
        if target
    ]


def _introduction_rows(values: Values) -> list[dict[str, str]]:
    contacts = values.get("introduced_contact", [])
    return [
        {"organisation": organisation, "contact": contacts[number] if number < len(contacts) else ""}
        for number, organisation in enumerate(values.get("introduced_organisation", []))
        if organisation or (number < len(contacts) and contacts[number])
    ]


def _conflict_page(
    desk: Desk, request: Request, actor: Actor, mine: Values, current: Entry, based_on: int
) -> Response:
    """Both versions side by side; nothing typed is lost. What only one side changed is taken over."""
    web, language, kind = desk.web, desk.web.language(request), current.content.kind
    theirs = values_of(current.content)
    with web.records.read() as work:
        try:
            base = values_of(desk.bank.entries.revision(work, actor, current.id, based_on).content)
        except NotFound:
            base = {}
        targets = [*mine.get("link_target", []), *theirs.get("link_target", [])]
        titles = {
            key: each.content.title for key, each in desk.bank.entries.visible(work, actor, targets).items()
        }
    found = merge(kind, base, mine, theirs)
    members = groups(kind)
    shown = _shown_in(desk, request, titles)
    return desk.page(
        request,
        actor,
        "conflict.html",
        status=412,
        entry=current,
        clashes=[
            {
                "name": clash.name,
                "label": field_label(clash.name, language),
                "mine": shown(clash.name, clash.mine),
                "theirs": shown(clash.name, clash.theirs),
                "stretches": stretches(shown(clash.name, clash.theirs), shown(clash.name, clash.mine)),
                "single": len(members[clash.name]) == 1 and clash.name != "sample",
                "values": [
                    (side, member, value)
                    for side, of in (("mine", mine), ("theirs", theirs))
                    for member in members[clash.name]
                    for value in of.get(member, [])
                ],
                "own": (mine.get(clash.name) or [""])[0],
            }
            for clash in found.clashes
        ],
        kept=_kept(found, members),
        only_mine=[field_label(name, language) for name in found.only_mine],
        only_theirs=[field_label(name, language) for name in found.only_theirs],
        note=first(mine, "note"),
    )


def _kept(found: Merge, members: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The merged values that need no choice, as hidden fields."""
    open_names = {member for clash in found.clashes for member in members[clash.name]}
    return [
        (name, value) for name, given in found.merged.items() if name not in open_names for value in given
    ]


def _shown_in(desk: Desk, request: Request, titles: dict[str, str]) -> Callable[[str, str], str]:
    """How a value of the form reads: codes and ids become names."""
    language, named = desk.web.language(request), desk.named(request)
    tables = {
        "status": {str(key): text for key, text in STATUSES.items()},
        "audience": {str(key): text for key, text in AUDIENCES.items()},
        "outcome": {str(key): text for key, text in OUTCOMES.items()},
        "provider_kind": {str(key): text for key, text in PROVIDER_KINDS.items()},
        "links": {str(key): text for key, text in LINKS.items()},
    }

    def word(name: str, part: str) -> str:
        text = tables.get(name, {}).get(part)
        if text is not None:
            return text.in_language(language)
        return titles.get(part, named(part))

    def shown(name: str, value: str) -> str:
        if name not in {*tables, "introduced_by"}:
            return value
        return "\n".join(
            " ".join(word(name, part) for part in line.split(" ")) for line in value.splitlines()
        )

    return shown
