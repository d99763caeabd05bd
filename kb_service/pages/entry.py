"""One entry: its page, and the steps that need no form."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Content, Entry, Introduction, Status
from kb_service.models.listing import LinkedEntry
from kb_service.pages.desk import Desk, rights
from kb_service.pages.fields import GROUPS, Control, FieldWords
from kb_service.pages.labels import AUDIENCES, LINKS, LINKS_TO_HERE, label
from kb_service.service.search import Related
from kernel.errors import ChienowaError, Stale
from kernel.identity.models import Actor
from kernel.visibility import Audience, AudienceKind
from kernel.web.formats import Formats


@dataclass(frozen=True, slots=True)
class FieldView:
    """A filled field as words. `wide`: a long text that takes the full width."""

    name: str
    label: str
    text: str
    wide: bool = False
    introductions: tuple[Introduction, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of filled fields."""

    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class RelatedEntry:
    """A related entry, with the kind of link or the tags that both carry."""

    entry: Entry
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Related entries of one sort."""

    title: str
    entries: tuple[RelatedEntry, ...]


def add_entry_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/{id} with its status, deletion and undoing."""
    web, bank = desk.web, desk.bank

    @router.get("/knowledge/{entry_id}")
    def show(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The entry with its files and what is related."""
        language, named = web.language(request), desk.named(request)
        with web.records.read() as work:
            entry = bank.entries.get(work, actor, entry_id)
            attachments = bank.attachments.list(work, actor, entry_id)
            may_delete = bank.entries.may_delete(work, actor, entry)
        may = rights(actor, entry)
        return desk.page(
            request,
            actor,
            "entry.html",
            entry=entry,
            groups=group_views(entry.content, language),
            audience=audience_words(entry.content.audience, language, named),
            attachments=attachments,
            related=related_groups(bank.search.related(actor, entry_id), entry, language),
            may_edit=may.edit,
            may_publish=may.publish,
            may_delete=may_delete,
            upload_limit=web.settings.upload_max_mb * 1_000_000,
        )

    @router.post("/knowledge/{entry_id}/status")
    def change_status(
        request: Request,
        entry_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Publishes, or archives, what is shown."""
        status = Status.ARCHIVED if form.get("status") == Status.ARCHIVED else Status.PUBLISHED
        address = f"/knowledge/{entry_id}"
        try:
            with web.records.write() as work:
                entry = bank.entries.get(work, actor, entry_id)
                content = replace(entry.content, status=status, planned=None)
                bank.entries.save(work, actor, entry_id, content, whole(form.get("based_on")))
        except Stale as error:
            return _refused(desk, request, address, error)
        _ = web.translate(request)
        if status is Status.ARCHIVED:
            return desk.go(address, _("古い情報として保管しました。"))
        return desk.go(address, _("公開しました。検索で見つかるようになりました。"))

    @router.get("/knowledge/{entry_id}/delete")
    def ask_to_delete(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Says what will be gone for whom, before it is."""
        with web.records.read() as work:
            entry = bank.entries.get(work, actor, entry_id)
            bank.entries.check_delete(work, actor, entry)
            attachments = bank.attachments.list(work, actor, entry_id)
            linked = [each for each in bank.entries.linked(work, actor, entry_id) if not each.outgoing]
        return desk.page(
            request,
            actor,
            "delete.html",
            entry=entry,
            attachments=len(attachments),
            linked=linked,
            audience=audience_words(
                Audience() if entry.content.status is Status.DRAFT else entry.content.audience,
                web.language(request),
                desk.named(request),
            ),
        )

    @router.post("/knowledge/{entry_id}/delete")
    def delete(
        request: Request,
        entry_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Deletes; the list of deleted entries follows, where it can be undone."""
        try:
            with web.records.write() as work:
                title = bank.entries.get(work, actor, entry_id).content.title
                bank.entries.delete(work, actor, entry_id, whole(form.get("based_on")))
        except Stale as error:
            return _refused(desk, request, f"/knowledge/{entry_id}", error)
        _ = web.translate(request)
        return desk.go(
            "/knowledge/deleted",
            _("「{title}」を削除しました。下の一覧から元に戻せます。", title=title),
        )

    @router.post("/knowledge/{entry_id}/undelete", dependencies=[Depends(web.form)])
    def undelete(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Brings it back as it was."""
        with web.records.write() as work:
            bank.entries.undelete(work, actor, entry_id)
        _ = web.translate(request)
        return desk.go(f"/knowledge/{entry_id}", _("元に戻しました。"))


def whole(value: object) -> int:
    """A posted version number; 0, which is never current, for anything else."""
    text = value if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def group_views(content: Content, language: str) -> tuple[GroupView, ...]:
    """The filled fields, group by group; empty ones and empty groups are left out."""
    groups = []
    for group in GROUPS[content.kind]:
        fields = tuple(
            view for words in group.fields if (view := _field_view(content, words, language)) is not None
        )
        if fields:
            groups.append(GroupView(group.title.in_language(language), fields))
    return tuple(groups)


def _field_view(content: Content, words: FieldWords, language: str) -> FieldView | None:
    value: object = getattr(content.fields, words.name)
    title = words.label.in_language(language)
    if words.control is Control.INTRODUCTIONS and isinstance(value, tuple):
        return FieldView(words.name, title, "", wide=True, introductions=value) if value else None
    text = _value_words(value, words.control, language)
    return FieldView(words.name, title, text, words.control is Control.LINES) if text else None


def _value_words(value: object, control: Control, language: str) -> str:
    formats = Formats(language)
    if value is None or value == "":
        return ""
    if control is Control.HOURS and isinstance(value, int | float):
        return formats.hours(value)
    if control is Control.YEN and isinstance(value, int):
        return formats.yen(value)
    if isinstance(value, date):
        return formats.date(value)
    if control in {Control.OUTCOME, Control.PROVIDER_KIND}:
        return label(value, language)  # type: ignore[arg-type]  # these controls hold enumerations
    return str(value)


def audience_words(audience: Audience, language: str, named: Callable[[str], str]) -> str:
    """参加団体すべて; 選んだ団体（千代田区、港区）."""
    words = AUDIENCES[audience.kind].in_language(language)
    if audience.kind is not AudienceKind.NAMED:
        return words
    comma, left, right = ("、", "（", "）") if language == "ja" else (", ", " (", ")")
    return words + left + comma.join(named(code) for code in audience.organisations) + right


def related_groups(related: Related, entry: Entry, language: str) -> tuple[RelatedGroup, ...]:
    """Linked, with the same tags, similar: each entry once, in this order."""
    seen: set[str] = {entry.id}
    words = {
        "linked": ("リンクされた情報", "Linked"),
        "tags": ("同じタグの情報", "Same tags"),
        "similar": ("内容が近い情報", "Similar"),
    }
    tags = set(entry.content.tags)
    groups = {
        "linked": [RelatedEntry(each.entry, link_words(each, language)) for each in related.linked],
        "tags": [
            RelatedEntry(each, "・".join(tag for tag in each.content.tags if tag in tags)[:40])
            for each in related.same_tags
        ],
        "similar": [RelatedEntry(each) for each in related.similar],
    }
    found = []
    for name, members in groups.items():
        fresh = tuple(
            {each.entry.id: each for each in reversed(members) if each.entry.id not in seen}.values()
        )
        fresh = fresh[::-1]
        seen.update(each.entry.id for each in fresh)
        if fresh:
            found.append(RelatedGroup(words[name][language == "en"], fresh))
    return tuple(found)


def link_words(linked: LinkedEntry, language: str) -> str:
    """The kind of a link, as it reads from this end."""
    table = LINKS if linked.outgoing else LINKS_TO_HERE
    return table[linked.link.kind].in_language(language)


def _refused(desk: Desk, request: Request, address: str, error: ChienowaError) -> Response:
    response = desk.web.redirect(address)
    desk.web.flash(response, error.text.in_language(desk.web.language(request)), "warning")
    return response
