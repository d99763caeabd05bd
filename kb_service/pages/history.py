"""The versions of an entry: their list, two of them compared, one brought back."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Act
from kb_service.pages.desk import Desk, rights
from kb_service.pages.entry import whole
from kb_service.pages.fields import field_label
from kb_service.pages.wording import worded_in
from kb_service.rules.comparison import FieldChange, stretches
from kernel.errors import Stale, Text
from kernel.identity.models import Actor

LENGTH = 50

ACTS = {
    Act.CREATED: Text("新しく作成", "Created"),
    Act.SAVED: Text("保存", "Saved"),
    Act.RESTORED: Text("以前の版に戻した", "Restored"),
    Act.DELETED: Text("削除", "Deleted"),
    Act.UNDELETED: Text("削除を取り消し", "Brought back"),
}


def add_history_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/{id}/history, /compare and /restore."""
    web, entries = desk.web, desk.bank.entries

    @router.get("/knowledge/{entry_id}/history")
    def history(
        request: Request, entry_id: str, cursor: str | None = None, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """All versions that the reader may see, newest first."""
        language = web.language(request)
        with web.records.read() as work:
            entry = entries.get(work, actor, entry_id)
            page = entries.revisions(work, actor, entry_id, cursor, LENGTH)
            names = web.accounts.names(work, actor)
        return desk.page(
            request,
            actor,
            "history.html",
            entry=entry,
            page=page,
            names=names,
            acts={act: text.in_language(language) for act, text in ACTS.items()},
            may_edit=rights(actor, entry).edit,
        )

    @router.get("/knowledge/{entry_id}/compare")
    def compare(
        request: Request,
        entry_id: str,
        before: str = "",
        after: str = "",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """Two versions, field by field and word by word; the older one comes first."""
        language = web.language(request)
        low, high = sorted((whole(before), whole(after)))
        with web.records.read() as work:
            entry = entries.get(work, actor, entry_id)
            comparison = entries.compare(work, actor, entry_id, low, high)
            sides = (comparison.before.content, comparison.after.content)
            targets = [link.target for side in sides for link in side.links]
            titles = {key: each.content.title for key, each in entries.visible(work, actor, targets).items()}
        worded = worded_in(language, desk.named(request), titles)
        changes = [_change(change, worded, language) for change in comparison.changes]
        return desk.page(
            request,
            actor,
            "compare.html",
            entry=entry,
            comparison=comparison,
            changes=changes,
            may_edit=rights(actor, entry).edit,
        )

    @router.post("/knowledge/{entry_id}/restore")
    def restore(
        request: Request,
        entry_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Saves an older version's text as a new version; nothing in between is lost."""
        version, address = whole(form.get("version")), f"/knowledge/{entry_id}"
        try:
            with web.records.write() as work:
                entries.restore(work, actor, entry_id, version, whole(form.get("based_on")))
        except Stale as error:
            response = web.redirect(f"{address}/history")
            web.flash(response, error.text.in_language(web.language(request)), "warning")
            return response
        _ = web.translate(request)
        sentence = _("第{n}版の内容に戻しました。状態と公開範囲は変えていません。", n=version)
        return desk.go(address, sentence)


def _change(change: FieldChange, worded: Callable[[str, str], str], language: str) -> dict[str, Any]:
    """A field that differs, in words; values that are codes are compared by their names."""
    name = change.name.removeprefix("fields.")
    before, after = worded(name, change.before), worded(name, change.after)
    same = (before, after) == (change.before, change.after)
    return {
        "label": field_label(name, language),
        "stretches": change.stretches if same else stretches(before, after),
    }
