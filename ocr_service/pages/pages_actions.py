"""What people do with pages, with several at once: give them a template, leave them out, bring them back, read
them again."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import not_found
from kernel.identity.models import Actor
from ocr_service.pages.desk import Desk
from ocr_service.pages.pages import SHOWN


def add_page_actions(router: APIRouter, desk: Desk) -> None:
    """Adds POST /forms/{id}/pages."""
    web, sheets = desk.web, desk.forms.sheets

    @router.post("/forms/{batch_id}/pages")
    def act(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """All of them, or none when one of them does not allow it."""
        _ = web.translate(request)
        pages = [each for each in form.getlist("page") if isinstance(each, str)]
        action, template = str(form.get("action", "")), str(form.get("template", ""))
        show = str(form.get("show", ""))
        address = f"/forms/{batch_id}/pages" + (f"?show={show}" if show and show in SHOWN else "")
        if form.get("then") == "page" and pages:
            address = f"/forms/{batch_id}/pages/{pages[0]}"
        if not pages:
            return desk.go(address, _("ページを1つ以上選んでから操作してください。"), "error")
        if action == "assign" and not template:
            return desk.go(address, _("様式を選んでから操作してください。"), "error")
        with web.records.write() as work:
            for page in pages:
                if action == "assign":
                    sheets.assign(work, actor, batch_id, page, template)
                elif action == "drop":
                    sheets.drop(work, actor, batch_id, page)
                elif action == "restore":
                    sheets.restore(work, actor, batch_id, page)
                elif action == "read":
                    sheets.read_again(work, actor, batch_id, page)
                else:
                    raise not_found("ページ", "The page")
        sentence = {
            "assign": _("{n}ページを、選んだ様式で読み取り直します。", n=len(pages)),
            "drop": _("{n}ページを対象外にしました。「対象外・白紙」の一覧から元に戻せます。", n=len(pages)),
            "restore": _("{n}ページを元に戻しました。", n=len(pages)),
            "read": _("{n}ページを、もう一度読み取ります。", n=len(pages)),
        }[action]
        return desk.go(address, sentence)
