"""The versions of an entry: their list, two of them compared, one brought back."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Act
from kb_service.pages.desk import Desk, rights
from kb_service.pages.entry import whole
from kb_service.pages.fields import field_label
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
        changes = [
            {"label": field_label(change.name, language), "stretches": change.stretches, "name": change.name}
            for change in comparison.changes
        ]
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
