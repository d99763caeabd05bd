"""What is done with a template as a whole: published, shared, copied, withdrawn, put away."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Conflict, Invalid, not_found
from kernel.identity.models import Actor
from kernel.visibility import Audience, AudienceKind
from ocr_service.pages.batches import based_on
from ocr_service.pages.desk import Desk


def add_template_actions(router: APIRouter, desk: Desk) -> None:
    """Adds POST /forms/templates/{id}/do/{action}."""
    web, forms = desk.web, desk.forms

    @router.post("/forms/templates/{template_id}/do/{action}")
    def act(
        request: Request,
        template_id: str,
        action: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """What is wrong is told on the page of the template."""
        _ = web.translate(request)
        address = f"/forms/templates/{template_id}"
        language = web.language(request)
        try:
            with web.records.write() as work:
                if action == "publish":
                    made = forms.publishing.publish(
                        work, actor, template_id, based_on(form), _text(form, "note")
                    )
                    sentence = _(
                        "版 {version} を公開しました。新しいバッチから使われます。", version=made.version
                    )
                elif action == "share":
                    forms.templates.share(work, actor, template_id, _audience(form), based_on(form))
                    sentence = _("共有の範囲を保存しました。")
                elif action == "yank":
                    version = _text(form, "version")
                    forms.publishing.yank(work, actor, template_id, version, _text(form, "reason"))
                    sentence = _(
                        "版 {version} を取り下げました。読み取り中のバッチはこの版のまま続きます。",
                        version=version,
                    )
                elif action == "archive":
                    forms.templates.archive(work, actor, template_id, based_on(form))
                    sentence = _("片付けました。「片付けた様式」から元に戻せます。")
                elif action == "restore":
                    forms.templates.archive(work, actor, template_id, based_on(form), archived=False)
                    sentence = _("元に戻しました。")
                elif action == "copy":
                    copied = forms.templates.copy(work, actor, template_id, _text(form, "name"))
                    sentence = _("所属団体の様式として複製しました。自由に直せます。")
                    address = f"/forms/templates/{copied.id}"
                else:
                    raise not_found("ページ", "The page")
        except Invalid as error:
            said = error.problems[0].text if error.problems else error.text
            return desk.go(address, said.in_language(language), "error")
        except Conflict as error:
            return desk.go(address, error.text.in_language(language), "error")
        return desk.go(address, sentence)


def _audience(form: FormData) -> Audience:
    kind = next((each for each in AudienceKind if each == _text(form, "audience")), AudienceKind.OWN)
    codes = tuple(each for each in form.getlist("organisations") if isinstance(each, str))
    return Audience(kind, codes)


def _text(form: FormData, name: str) -> str:
    sent = form.get(name)
    return sent if isinstance(sent, str) else ""
