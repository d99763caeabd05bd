"""Results as files: what to put in, a look at it, the file itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kernel.errors import ChienowaError, Invalid
from kernel.identity.models import Actor
from ocr_service.models.exports import (
    MEDIA_TYPES,
    Column,
    DateStyle,
    Encoding,
    ExportFormat,
    ExportSettings,
)
from ocr_service.models.forms import Form
from ocr_service.pages.desk import Desk
from ocr_service.rules.tables import ABOUT, RAW_HEADING, columns_of, heading_of
from ocr_service.service.exporting import FormFound
from ocr_service.service.viewing import note_view

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Line:
    """One column that may be put in: `number` is its place, 0 = left out."""

    key: str
    field: str
    raw: bool
    usual: str
    heading: str
    number: int


def add_export_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/{id}/export and what belongs to it."""
    web, forms = desk.web, desk.forms

    def page(  # noqa: PLR0917
        request: Request,
        actor: Actor,
        batch_id: str,
        template_id: str,
        settings: ExportSettings | None,
        profile_id: str = "",
        error: ChienowaError | None = None,
    ) -> Response:
        note_view(web.records, forms.batches, actor, batch_id)
        with web.records.read() as work:
            batch = forms.batches.get(work, actor, batch_id)
            found = forms.exporting.forms(work, actor, batch_id)
            one = next((each for each in found if each.template_id == template_id), next(iter(found), None))
            profiles = forms.export_profiles.profiles(work, actor, one.template_id) if one else ()
            profile = next((each for each in profiles if each.id == profile_id), None)
            chosen = settings or (profile.settings if profile else ExportSettings())
            preview = (
                forms.exporting.preview(work, actor, batch_id, one.template_id, chosen)
                if one and not isinstance(error, Invalid)
                else None
            )
            made = forms.exporting.exports(work, actor, batch_id)
        return desk.page(
            request,
            actor,
            "export.html",
            error.status if error else 200,
            batch=batch,
            found=found,
            one=one,
            profiles=profiles,
            profile=profile,
            settings=chosen,
            lines=_lines(one, chosen),
            preview=preview,
            made=made,
            by=desk.named(actor),
            english=web.language(request) == "en",
            problems=desk.shown_problems(request, error.problems) if error else (),
        )

    @router.get("/forms/{batch_id}/export")
    def choose(
        request: Request,
        batch_id: str,
        template: str = "",
        profile: str = "",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """With the settings of a profile when one is chosen."""
        return page(request, actor, batch_id, template, None, profile)

    @router.post("/forms/{batch_id}/export")
    def act(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """`act`: "look" shows the settings' result, "make" writes the file, "save" keeps the settings."""
        template = str(form.get("template", ""))
        with web.records.read() as work:
            found = forms.exporting.forms(work, actor, batch_id)
        one = next((each for each in found if each.template_id == template), None)
        settings = _settings(form, one.form if one else None)
        profile_id, name = str(form.get("profile", "")), str(form.get("name", ""))
        _ = web.translate(request)
        try:
            if form.get("act") == "make":
                export = forms.exporting.make(actor, batch_id, template, settings)
                return desk.go(
                    f"/forms/{batch_id}/export?template={template}&profile={profile_id}#made",
                    _("「{name}」を作りました。下の一覧からダウンロードしてください。").format(
                        name=export.name
                    ),
                )
            if form.get("act") == "save":
                with web.records.write() as work:
                    saved = forms.export_profiles.save_profile(work, actor, template, name, settings)
                return desk.go(
                    f"/forms/{batch_id}/export?template={template}&profile={saved.id}",
                    _("設定「{name}」を保存しました。").format(name=saved.name),
                )
        except ChienowaError as error:
            return page(request, actor, batch_id, template, settings, profile_id, error)
        return page(request, actor, batch_id, template, settings, profile_id)

    @router.get("/forms/{batch_id}/exports/{export_id}")
    def download(batch_id: str, export_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The file."""
        with web.records.read() as work:
            forms.batches.get(work, actor, batch_id)
            export, path = forms.exporting.file(work, actor, export_id)
        return FileResponse(
            path,
            media_type=MEDIA_TYPES[export.format],
            filename=export.name,
            headers={"Cache-Control": "private, no-store"},
        )


def add_export_profiles(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/exports."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/exports")
    def profiles(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """All saved settings."""
        with web.records.read() as work:
            saved = forms.export_profiles.profiles(work, actor)
            titles = forms.overviews.usable(work, actor)
        return desk.page(request, actor, "exports.html", saved=saved, titles=titles)

    @router.post("/forms/exports/{profile_id}/remove")
    def remove(
        request: Request,
        profile_id: str,
        actor: Actor = Depends(web.page_actor),
        _form: FormData = Depends(web.form),
    ) -> Response:
        """Files that were made with it stay."""
        with web.records.write() as work:
            forms.export_profiles.remove_profile(work, actor, profile_id)
        _ = web.translate(request)
        return desk.go("/forms/exports", _("出力の設定を削除しました。"))


def _lines(one: FormFound | None, settings: ExportSettings) -> list[Line]:
    """Every column that there may be: those of the settings first, in their order."""
    if one is None:
        return []
    chosen = {
        (column.field, column.raw): (number, column.heading)
        for number, column in enumerate(columns_of(one.form, settings), start=1)
    }
    every = [(name, False, heading) for name, heading in ABOUT.items()]
    for field in one.form.every_field():
        every += [(field.name, False, heading_of(field)), (field.name, True, heading_of(field) + RAW_HEADING)]
    lines = []
    for name, raw, usual in every:
        number, heading = chosen.get((name, raw), (0, usual))
        lines.append(Line(_key(name, raw), name, raw, usual, heading, number))
    return sorted(lines, key=lambda line: (line.number == 0, line.number))


def _key(field: str, raw: bool) -> str:
    return f"{field}!" if raw else field


def _settings(form: FormData, template: Form | None) -> ExportSettings:
    """What the page sent. Columns without a number are left out; equal numbers keep the template's order."""
    columns: list[tuple[int, Column]] = []
    known = [(name, False) for name in ABOUT]
    for field in template.every_field() if template else ():
        known += [(field.name, False), (field.name, True)]
    for name, raw in known:
        number = str(form.get(f"at-{_key(name, raw)}", "")).strip()
        heading = " ".join(str(form.get(f"heading-{_key(name, raw)}", "")).split())[:200]
        if number.isascii() and number.isdigit() and int(number[:9]) > 0:
            columns.append((int(number[:9]), Column(name, heading or name, raw)))
    columns.sort(key=lambda each: each[0])
    return ExportSettings(
        format=_member(ExportFormat, form.get("format"), ExportFormat.CSV),
        encoding=_member(Encoding, form.get("encoding"), Encoding.UTF8),
        columns=tuple(column for _, column in columns),
        dates=_member(DateStyle, form.get("dates"), DateStyle.ISO),
        header=bool(form.get("header")),
        exact=bool(form.get("exact")),
    )


def _member(kind: type[Kind], sent: object, usual: Kind) -> Kind:
    return next((each for each in kind if each.value == sent), usual)
