"""Files of an entry: adding, opening, the state of their reading, and the text that was read."""

from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kb_service.models.attachments import Attachment, Place
from kb_service.models.entries import Entry
from kb_service.pages.desk import Desk, rights
from kb_service.pages.labels import place_words
from kernel.errors import Invalid, Problem, Text, TooLarge, not_found
from kernel.identity.models import Actor

FORM_OVERHEAD = 1_000_000  # bytes that a form with files may have beyond the files


def add_attachment_pages(router: APIRouter, desk: Desk) -> None:
    """Adds the list, uploading, downloading and the text that was read."""
    web, bank = desk.web, desk.bank
    limit = web.settings.upload_max_mb * 1_000_000

    def may_add(entry_id: str, actor: Actor = Depends(web.page_actor)) -> None:
        """Refuses whoever may not add files, before a byte of them is accepted."""
        with web.records.read() as work:
            bank.attachments.check_add(work, actor, entry_id)

    async def posted(request: Request, _allowed: None = Depends(may_add)) -> FormData:
        """The form, refused by its announced length before a byte of it is kept."""
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > limit + FORM_OVERHEAD:
            raise _too_large(web.settings.upload_max_mb)
        return await web.form_with_files(request)

    @router.get("/knowledge/{entry_id}/attachments")
    def states(request: Request, entry_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The list alone, for the page that is open."""
        with web.records.read() as work:
            entry = bank.entries.get(work, actor, entry_id)
            attachments = bank.attachments.list(work, actor, entry_id)
        may_edit = rights(actor, entry).edit
        return desk.page(
            request, actor, "attachments.html", entry=entry, attachments=attachments, may_edit=may_edit
        )

    @router.post("/knowledge/{entry_id}/attachments")
    def upload(
        request: Request,
        entry_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(posted),
    ) -> Response:
        """Keeps the files; they are read in the background."""
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
        if not files:
            problem = Text("ファイルを選んでから、アップロードを押してください。", "Choose a file first.")
            raise Invalid(problem, (Problem("files", problem),))
        stored = [(each.filename or "", bank.blobs.add(each.file, limit)) for each in files]
        with web.records.write() as work:
            for name, blob in stored:
                bank.attachments.add(work, actor, entry_id, name, blob)
        _ = web.translate(request)
        return desk.go(
            f"/knowledge/{entry_id}#attachments",
            _("{n}件のファイルを追加しました。文字の読み取りは自動で進みます。", n=len(stored)),
        )

    @router.get("/knowledge/{entry_id}/attachments/{attachment_id}")
    def download(entry_id: str, attachment_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The file, always as a download: nothing foreign is shown under our own address."""
        _, attachment = _of_entry(desk, actor, entry_id, attachment_id)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        path = bank.attachments.file(attachment)
        return FileResponse(path, headers=headers, media_type="application/octet-stream")

    @router.get("/knowledge/{entry_id}/attachments/{attachment_id}/text")
    def text(
        request: Request, entry_id: str, attachment_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """What was read from a file, place by place, so that a hit opens where it was found."""
        language = web.language(request)
        entry, attachment = _of_entry(desk, actor, entry_id, attachment_id)
        with web.records.read() as work:
            parts = bank.attachments.text(work, actor, attachment_id)
        seen: set[str] = set()
        shown = [
            {
                "anchor": _anchor(part.place, seen),
                "words": place_words(part.place, language),
                "text": part.text,
                "by_ocr": part.by_ocr,
            }
            for part in parts
        ]
        return desk.page(
            request, actor, "attachment_text.html", entry=entry, attachment=attachment, parts=shown
        )


def add_attachment_changes(router: APIRouter, desk: Desk) -> None:
    """Adds reading again and removing."""
    web, bank = desk.web, desk.bank

    @router.post(
        "/knowledge/{entry_id}/attachments/{attachment_id}/read-again", dependencies=[Depends(web.form)]
    )
    def read_again(
        request: Request, entry_id: str, attachment_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Asks for another reading."""
        _of_entry(desk, actor, entry_id, attachment_id)
        with web.records.write() as work:
            bank.attachments.read_again(work, actor, attachment_id)
        address = f"/knowledge/{entry_id}#attachments"
        _ = web.translate(request)
        return desk.go(address, _("もう一度読み取ります。しばらくお待ちください。"))

    @router.get("/knowledge/{entry_id}/attachments/{attachment_id}/remove")
    def ask_to_remove(
        request: Request, entry_id: str, attachment_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Removing a file cannot be undone: this page says so first."""
        entry, attachment = _of_entry(desk, actor, entry_id, attachment_id)
        bank.entries.check_change(actor, entry)
        return desk.page(request, actor, "remove_attachment.html", entry=entry, attachment=attachment)

    @router.post("/knowledge/{entry_id}/attachments/{attachment_id}/remove", dependencies=[Depends(web.form)])
    def remove(
        request: Request, entry_id: str, attachment_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Takes the file from the entry."""
        name = _of_entry(desk, actor, entry_id, attachment_id)[1].name
        with web.records.write() as work:
            bank.attachments.remove(work, actor, attachment_id)
        address = f"/knowledge/{entry_id}#attachments"
        _ = web.translate(request)
        return desk.go(address, _("添付ファイル「{name}」を外しました。", name=name))


def _of_entry(desk: Desk, actor: Actor, entry_id: str, attachment_id: str) -> tuple[Entry, Attachment]:
    """Both, or NotFound; also when the one is not the other's."""
    with desk.web.records.read() as work:
        entry = desk.bank.entries.get(work, actor, entry_id)
        attachment = desk.bank.attachments.get(work, actor, attachment_id)
    if attachment.entry_id != entry.id:
        raise not_found("添付ファイル", "The attachment")
    return entry, attachment


def _anchor(place: Place, seen: set[str]) -> str:
    """The name of a place on the page; a second part of the same place gets one of its own."""
    anchor = f"place-{place.kind}-{place.number}"
    while anchor in seen:
        anchor += "-more"
    seen.add(anchor)
    return anchor


def _too_large(megabytes: int) -> TooLarge:
    return TooLarge(
        Text(
            f"ファイルが大きすぎます。合計{megabytes:,} MBまでのファイルを選んでください。",
            f"The files are too large. Choose at most {megabytes:,} MB in all.",
        )
    )
