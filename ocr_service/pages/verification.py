"""Verifying: which batches wait, and the fields of one, one at a time, a page at a time, or one field over all
pages. The plain form works without scripts; with them nothing but a keyboard is needed."""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Conflict, Invalid, NotFound, Stale
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from ocr_service.models.batches import Batch
from ocr_service.models.readings import Flag
from ocr_service.models.verification import Answer, How, NamedField, Pace, Remaining, Shown, Wish
from ocr_service.pages.desk import Desk
from ocr_service.pages.verification_words import how_words, script_words
from ocr_service.rules.queueing import LONGEST_TYPED
from ocr_service.service.deciding import Questionable

MODES = ("one", "page", "grid")
AT_ONCE = {"one": 8, "page": 100, "grid": 24}
_HOWS = {each.value for each in How}
_CHECKED = frozenset({Flag.CHECK_FAILED, Flag.MISSING})


def add_verification_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/verify and below."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/verify")
    def waiting(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """Batches with fields that wait for people."""
        with web.records.read() as work:
            batches = forms.verification.batches(work, actor)
        return desk.page(request, actor, "verify_batches.html", batches=batches)

    @router.get("/forms/verify/{batch_id}")
    def verify(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The next field, or fields, for this person."""
        return _page(desk, request, actor, batch_id)

    @router.post("/forms/verify/{batch_id}")
    def decide(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """One decision by the plain form."""
        _ = web.translate(request)
        field_id = _text(form, "field")
        back = f"/forms/verify/{batch_id}?{urlencode(_kept(form))}"
        try:
            with web.records.write() as work:
                if form.get("how") == "undo":
                    shown = forms.verification.undo(work, actor, batch_id)
                    return web.redirect(f"{back}&field={shown.field.id}")
                if form.get("how") == "skip":
                    forms.verification.release(work, actor, batch_id, [field_id])
                    return web.redirect(f"{back}&after={field_id}")
                version = _text(form, "version")
                based_on = (
                    int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
                )
                forms.verification.decide(work, actor, batch_id, field_id, _answer(form), based_on)
        except Questionable as error:
            return _page(desk, request, actor, batch_id, form, error)
        except (Conflict, Stale, NotFound, Invalid) as error:
            return desk.go(back, error.text.in_language(web.language(request)), "warning")
        return web.redirect(f"{back}&after={field_id}")

    @router.get("/forms/verify/{batch_id}/pace")
    def pace(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Who is how fast: one's own figures, everybody's for leads."""
        with web.records.read() as work:
            batch = forms.batches.get(work, actor, batch_id)
            lead = may(actor, Action.FORM_LEAD)
            paces = (
                forms.verification.paces(work, actor, batch_id)
                if lead
                else (forms.verification.pace(work, actor, batch_id),)
            )
        return desk.page(
            request, actor, "verify_pace.html", batch=batch, paces=paces, lead=lead, named=desk.named(actor)
        )

    @router.get("/forms/verify/{batch_id}/history/{field_id}")
    def history(
        request: Request, batch_id: str, field_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Who decided what when about one field."""
        desk.note_view(actor, batch_id)
        with web.records.read() as work:
            batch = forms.batches.get(work, actor, batch_id)
            shown = forms.verification.get(work, actor, batch_id, field_id)
            decisions = forms.verification.history(work, actor, batch_id, field_id)
        return desk.page(
            request,
            actor,
            "verify_history.html",
            batch=batch,
            shown=shown,
            decisions=decisions,
            hows=how_words(web.translate(request)),
            named=desk.named(actor),
        )


def _page(  # noqa: PLR0917
    desk: Desk,
    request: Request,
    actor: Actor,
    batch_id: str,
    form: FormData | None = None,
    error: Questionable | None = None,
) -> Response:
    web, verification = desk.web, desk.forms.verification
    asked = dict(request.query_params) if form is None else {key: _text(form, key) for key in form}
    mode = asked.get("mode", "one") if asked.get("mode") in MODES else "one"
    every = asked.get("every") == "1"
    with web.records.write() as work:
        batch = desk.forms.batches.get(work, actor, batch_id)
        desk.forms.batches.note_view(work, actor, batch_id)
        names = verification.names(work, actor, batch_id)
        wish = Wish(every, _known_page(asked, mode), _known_name(asked, names, mode))
        field_id = asked.get("field", "")
        if field_id:
            shown: tuple[Shown, ...] = (verification.take(work, actor, batch_id, field_id),)
        else:
            shown = verification.next(work, actor, batch_id, wish, after=asked.get("after", ""), limit=1)
        if mode == "page" and not wish.page_id and shown:
            wish = Wish(every, shown[0].page.id)
        notes = _notes(desk, request, actor, shown)
        remaining = verification.remaining(work, actor, batch_id, Wish(every, "", wish.name))
        pace = verification.pace(work, actor, batch_id)
    language = web.language(request)
    return desk.page(
        request,
        actor,
        "verify.html",
        422 if error else 200,
        batch=batch,
        mode=mode,
        wish=wish,
        names=names,
        shown=shown[0] if shown else None,
        notes=[each.text.in_language(language) for each in error.problems] if error else notes,
        questionable=bool(error),
        typed=_text(form, "text") if form is not None else None,
        remaining=remaining,
        per_hour=_per_hour(pace),
        minutes=_minutes(pace, remaining),
        words=script_words(web.translate(request), language),
        at_once=AT_ONCE[mode],
        started=_started(batch, remaining),
        points=_points,
        longest=LONGEST_TYPED,
    )


def _notes(desk: Desk, request: Request, actor: Actor, shown: tuple[Shown, ...]) -> list[str]:
    field = shown[0].field if shown else None
    if field is None or not field.flags & _CHECKED:
        return []
    with desk.web.records.read() as work:
        found = desk.forms.verification.findings(work, actor, field.batch_id, field.id)
    return [each.text.in_language(desk.web.language(request)) for each in found]


def _answer(form: FormData) -> Answer:
    """What the plain form says: the button that was pressed, a choice, or a text that was changed."""
    pressed = _text(form, "how")
    text, number = _text(form, "text").replace("\r\n", "\n"), _text(form, "choice")
    if pressed in {How.BLANK.value, How.UNREADABLE.value}:
        return Answer(How(pressed))
    if text:
        return Answer(How.TYPED, typed=text, confirmed=_text(form, "confirmed") == "1", characters=len(text))
    if number.isascii() and number.isdigit() and len(number) < 3:
        return Answer(How.ACCEPTED if number == "1" else How.CHOSEN, choice=int(number))
    return Answer(How.ACCEPTED)


def _kept(form: FormData) -> dict[str, str]:
    return {name: _text(form, name) for name in ("mode", "name", "every") if _text(form, name)}


def _known_page(asked: dict[str, str], mode: str) -> str:
    return asked.get("page", "")[:32] if mode == "page" else ""


def _known_name(asked: dict[str, str], names: tuple[NamedField, ...], mode: str) -> str:
    """The field that was asked for; in the grid the first one with something to do when none was."""
    known = {each.name for each in names}
    if asked.get("name") in known and mode != "page":
        return asked["name"]
    if mode != "grid":
        return ""
    return next((each.name for each in names if each.open), names[0].name if names else "")


def _per_hour(pace: Pace) -> int:
    return round(3600 / pace.seconds) if pace.seconds else 0


def _minutes(pace: Pace, remaining: Remaining) -> int:
    return max(1, round(pace.seconds * remaining.open / 60)) if pace.seconds and remaining.open else 0


def _started(batch: Batch, remaining: Remaining) -> bool:
    return bool(remaining.done or remaining.open or remaining.others) and bool(batch.id)


def _points(shown: Shown) -> str:
    """The corners as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in shown.field.quad)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
