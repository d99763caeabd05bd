"""Saved ways of exporting a form. The edge commits."""

from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Invalid, Problem, Stale, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.ids import new_id
from kernel.records import UnitOfWork
from ocr_service.models.exports import ExportProfile, ExportSettings
from ocr_service.models.forms import Form
from ocr_service.ports.batches import FormShelf
from ocr_service.ports.exports import ExportRepository
from ocr_service.rules.tables import ABOUT


class ExportProfiles:
    """A profile belongs to one ward and one template."""

    def __init__(self, repository: ExportRepository, shelf: FormShelf, audit: Audit, clock: Clock) -> None:
        self._repository = repository
        self._shelf = shelf
        self._audit = audit
        self._clock = clock

    def form(self, work: UnitOfWork, actor: Actor, template_id: str) -> Form:
        """The newest version that the organisation may use. Raises NotFound, Forbidden."""
        require(actor, Action.FORM_EXPORT)
        return self._form(work, actor, template_id)

    def profiles(self, work: UnitOfWork, actor: Actor, template_id: str = "") -> tuple[ExportProfile, ...]:
        """Those of the actor's organisation. Raises Forbidden."""
        require(actor, Action.FORM_EXPORT)
        return self._repository.profiles(work, actor.organisation, template_id)

    def profile(self, work: UnitOfWork, actor: Actor, profile_id: str) -> ExportProfile:
        """Raises NotFound, Forbidden."""
        require(actor, Action.FORM_EXPORT)
        return self._own(work, actor, profile_id)

    def save_profile(  # noqa: PLR0917  as every save
        self,
        work: UnitOfWork,
        actor: Actor,
        template_id: str,
        name: str,
        settings: ExportSettings,
        profile_id: str = "",
        revision: int | None = None,
    ) -> ExportProfile:
        """A new profile, or a change of revision `revision` of one. Raises Invalid, Stale, Conflict, NotFound."""
        require(actor, Action.FORM_EXPORT)
        name = " ".join(name.split())
        if not name or len(name) > 200:
            text = Text(
                "名前を1文字以上200文字以内で入力してください。", "Give a name of 1 to 200 characters."
            )
            raise Invalid(text, (Problem("name", text),))
        form = self._form(work, actor, template_id)
        ensure_known(form, settings)
        before = self._own(work, actor, profile_id, lock=True) if profile_id else None
        if before is not None and revision is not None and before.revision != revision:
            raise Stale(
                Text(
                    "この設定は、ほかの人が先に変更しました。読み込み直してから、もう一度変更してください。",
                    "Somebody changed this profile in the meantime. Reload it and change it again.",
                )
            )
        saved = ExportProfile(
            id=before.id if before else new_id(),
            owner=actor.organisation,
            template_id=template_id,
            name=name,
            settings=settings,
            revision=before.revision + 1 if before else 1,
            updated_at=self._clock.now(),
        )
        self._repository.put_profile(work, saved)
        self._record(work, actor, "export_profile.saved", saved.id)
        return saved

    def remove_profile(self, work: UnitOfWork, actor: Actor, profile_id: str) -> None:
        """Raises NotFound, Forbidden."""
        require(actor, Action.FORM_EXPORT)
        self._own(work, actor, profile_id, lock=True)
        self._repository.remove_profile(work, profile_id)
        self._record(work, actor, "export_profile.removed", profile_id)

    def _own(self, work: UnitOfWork, actor: Actor, profile_id: str, lock: bool = False) -> ExportProfile:
        profile = self._repository.profile(work, profile_id, lock)
        if profile is None or profile.owner != actor.organisation:
            raise not_found("出力の設定", "The export profile")
        return profile

    def _form(self, work: UnitOfWork, actor: Actor, template_id: str) -> Form:
        """The newest version that the organisation may use."""
        pins = self._shelf.pins(work, actor.organisation, (template_id,))
        found = self._shelf.forms(work, {key: pins[key] for key in pins if key == template_id})
        if not found:
            raise not_found("様式", "The template")
        return found[0].form

    def _record(self, work: UnitOfWork, actor: Actor, action: str, subject: str) -> None:
        self._audit.record(work, actor.organisation, actor.user_id, action, subject)


def ensure_known(form: Form, settings: ExportSettings) -> None:
    """Raises Invalid for columns that the form does not have."""
    known = {field.name for field in form.every_field()} | set(ABOUT)
    problems = tuple(
        Problem(
            f"columns/{number}",
            Text(f"「{column.field}」という項目はありません。", f'There is no field "{column.field}".'),
        )
        for number, column in enumerate(settings.columns)
        if column.field not in known
    )
    if problems:
        raise Invalid(problems[0].text, problems)
