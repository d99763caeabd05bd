"""Templates: drafts, sharing, copies, and the way in and out as files. The edge commits.

A draft belongs to its organisation alone. What is published is seen by its audience, and by others not at all."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from kernel.artifacts import Keyring, Trust, Verdict
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.organisations import organisation
from kernel.identity.permissions import Action, may, require
from kernel.ids import new_id
from kernel.records import UnitOfWork
from kernel.visibility import Audience, AudienceKind, organisation_key
from ocr_service.models.forms import Form, Listed, Template, TemplateState, TemplateVersion, VersionLine
from ocr_service.ports.templates import TemplateRepository
from ocr_service.rules.form_document import digest
from ocr_service.rules.form_rules import problems

KIND = "form"  # of the manifest
DRAFT = ""
LONGEST_NOTE = 1_000


@dataclass(eq=False)
class StaleTemplate(Stale):
    """Somebody saved in between; `current` is the template as it is now."""

    current: Template | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A template that came as a file, as a draft, with what its signature is worth."""

    template: Template
    draft: TemplateVersion
    verdict: Verdict


class Shelf:
    """Finding templates and storing them, with the rules of who may. Shared by the services of this module and
    of publishing."""

    def __init__(self, repository: TemplateRepository, audit: Audit, clock: Clock) -> None:
        self.repository = repository
        self.audit = audit
        self.clock = clock

    def seen(self, work: UnitOfWork, actor: Actor, template_id: str) -> Template:
        """Raises Forbidden for who has no part in forms, NotFound for what is out of their sight."""
        _require_reading(actor)
        found = self.repository.visible(work, template_id, actor.keys())
        if found is None:
            raise absent()
        return found

    def own(
        self, work: UnitOfWork, actor: Actor, template_id: str, based_on: int | None, *, lock: bool = True
    ) -> Template:
        """For a change by its own organisation, locked. Raises Forbidden, NotFound, StaleTemplate when
        `based_on` is not the present revision."""
        require(actor, Action.FORM_TEMPLATE)
        found = self.repository.get(work, template_id, lock=lock)
        if found is None or found.owner != actor.organisation:
            self.seen(work, actor, template_id)
            raise Forbidden(_NOT_YOURS)
        if based_on is not None and based_on != found.revision:
            raise StaleTemplate(_STALE, current=found)
        return found

    def draft(self, work: UnitOfWork, template: Template) -> TemplateVersion:
        found = self.repository.version(work, template.id, DRAFT)
        if found is None:
            raise absent_version()
        return found

    def store(self, work: UnitOfWork, template: Template) -> Template:
        """The next revision of the template, seen by whom it concerns."""
        new = replace(template, revision=template.revision + 1, updated_at=self.clock.now())
        if not self.repository.replace(work, new, seers(new)):
            raise StaleTemplate(_STALE, current=self.repository.get(work, template.id))
        return new

    def put_draft(
        self, work: UnitOfWork, actor: Actor, template_id: str, form: Form, note: str
    ) -> TemplateVersion:
        draft = TemplateVersion(
            template_id=template_id,
            version=DRAFT,
            state=TemplateState.DRAFT,
            form=form,
            digest=digest(form),
            saved_at=self.clock.now(),
            saved_by=actor.user_id,
            note=note,
        )
        self.repository.put(work, draft)
        return draft

    def note(
        self, work: UnitOfWork, actor: Actor, action: str, template: Template, **details: str | int | bool
    ) -> None:
        self.audit.record(work, template.owner, actor.user_id, f"template.{action}", template.id, details)


class Templates:
    """What people do with templates, but for publishing."""

    def __init__(self, repository: TemplateRepository, keyring: Keyring, audit: Audit, clock: Clock) -> None:
        self._shelf = Shelf(repository, audit, clock)
        self._repository = repository
        self._keyring = keyring

    # Reading

    def page(
        self,
        work: UnitOfWork,
        actor: Actor,
        *,
        owners: Collection[str] = (),
        archived: bool = False,
        cursor: str | None = None,
        limit: int = 20,
    ) -> Listed:
        """All that the actor may see, newest change first."""
        _require_reading(actor)
        return self._repository.page(
            work, actor.keys(), owners=owners, archived=archived, cursor=cursor, limit=limit
        )

    def get(self, work: UnitOfWork, actor: Actor, template_id: str) -> Template:
        """Raises NotFound, Forbidden."""
        return self._shelf.seen(work, actor, template_id)

    def draft(self, work: UnitOfWork, actor: Actor, template_id: str) -> TemplateVersion:
        """The draft, for members of its organisation. Raises NotFound, Forbidden."""
        template = self._shelf.seen(work, actor, template_id)
        if template.owner != actor.organisation:
            raise absent_version()
        return self._shelf.draft(work, template)

    def version(self, work: UnitOfWork, actor: Actor, template_id: str, version: str) -> TemplateVersion:
        """A published or yanked version; "" the newest published one, or the draft where there is none and the
        actor may see it. Raises NotFound, Forbidden."""
        template = self._shelf.seen(work, actor, template_id)
        wanted = version or template.current
        if not wanted:
            return self.draft(work, actor, template_id)
        found = self._repository.version(work, template_id, wanted)
        if found is None:
            raise absent_version()
        return found

    def versions(self, work: UnitOfWork, actor: Actor, template_id: str) -> tuple[VersionLine, ...]:
        """Published and yanked ones, newest first."""
        self._shelf.seen(work, actor, template_id)
        return self._repository.versions(work, template_id)

    def verdict(self, work: UnitOfWork, version: VersionLine | TemplateVersion) -> Verdict:
        """What the signature of a version is worth now."""
        return self._keyring.judge(work, version.envelope, KIND, version.digest)

    # Drafts

    def create(self, work: UnitOfWork, actor: Actor, form: Form, note: str = "") -> Template:
        """A new template of the actor's organisation, as a draft. Raises Invalid, Forbidden, Conflict when there
        is one of this name."""
        require(actor, Action.FORM_TEMPLATE)
        ensure_sound(form, note, draft=True)
        template = Template(
            id=new_id(),
            owner=actor.organisation,
            name=form.name,
            title=form.title,
            audience=Audience(),
            revision=1,
            current="",
            updated_at=self._shelf.clock.now(),
        )
        self._repository.add(work, template, seers(template))
        draft = self._shelf.put_draft(work, actor, template.id, form, note)
        self._shelf.note(work, actor, "saved", template, revision=1, digest=draft.digest)
        return template

    def save(
        self, work: UnitOfWork, actor: Actor, template_id: str, form: Form, *, based_on: int, note: str = ""
    ) -> Template:
        """The draft anew. Raises StaleTemplate, Invalid, Forbidden, NotFound, Conflict."""
        template = self._shelf.own(work, actor, template_id, based_on)
        ensure_sound(form, note, draft=True)
        if form.name != template.name and self._repository.versions(work, template_id):
            raise Invalid(_NAME_STANDS, (Problem("/name", _NAME_STANDS),))
        title = template.title if template.current else form.title
        saved = self._shelf.store(work, replace(template, name=form.name, title=title))
        draft = self._shelf.put_draft(work, actor, template_id, form, note)
        self._shelf.note(work, actor, "saved", saved, revision=saved.revision, digest=draft.digest)
        return saved

    def copy(
        self,
        work: UnitOfWork,
        actor: Actor,
        template_id: str,
        name: str,
        *,
        version: str = "",
        title: str = "",
    ) -> Template:
        """A version that the actor may see, as a draft of a template of their own under another name."""
        source = self.version(work, actor, template_id, version)
        form = replace(source.form, name=name, title=title or source.form.title)
        return self.create(work, actor, form)

    # Who may use it

    def share(
        self, work: UnitOfWork, actor: Actor, template_id: str, audience: Audience, based_on: int
    ) -> Template:
        """Who sees and uses what is published. Batches under way go on with what they began with."""
        template = self._shelf.own(work, actor, template_id, based_on)
        for code in audience.organisations:
            organisation(code)
        if audience.kind is not AudienceKind.NAMED:
            audience = Audience(audience.kind)
        else:
            audience = Audience(audience.kind, tuple(sorted(set(audience.organisations) - {template.owner})))
        shared = self._shelf.store(work, replace(template, audience=audience))
        self._shelf.note(
            work, actor, "shared", shared, audience=audience.kind.value, named=len(audience.organisations)
        )
        return shared

    def archive(
        self, work: UnitOfWork, actor: Actor, template_id: str, based_on: int, archived: bool = True
    ) -> Template:
        """Out of the lists and of new batches, or back into them."""
        template = self._shelf.own(work, actor, template_id, based_on)
        if template.archived is archived:
            return template
        changed = self._shelf.store(work, replace(template, archived=archived))
        self._shelf.note(work, actor, "archived", changed, archived=archived)
        return changed

    # Files

    def take_in(self, work: UnitOfWork, actor: Actor, form: Form, envelope: str, name: str = "") -> Imported:
        """A template from a file, as a draft of the actor's organisation under its own name or `name`. The same
        content again changes nothing. Raises Invalid when the signature does not fit the content, Conflict when
        there is another template of this name."""
        require(actor, Action.FORM_TEMPLATE)
        verdict = self._keyring.judge(work, envelope, KIND, digest(form))
        if verdict.trust is Trust.BROKEN:
            raise Invalid(_BROKEN, (Problem("/envelope", _BROKEN),))
        form = replace(form, name=name or form.name)
        there = self._repository.named(work, actor.organisation, form.name)
        if there is not None:
            draft = self._shelf.draft(work, there)
            if draft.digest == digest(form):
                return Imported(there, draft, verdict)
            raise Conflict(_name_taken(form.name), (Problem("/name", _name_taken(form.name)),))
        template = self.create(work, actor, form)
        source = verdict.manifest.owner if verdict.manifest else ""
        self._shelf.note(work, actor, "imported", template, trust=verdict.trust.value, source=source[:16])
        return Imported(template, self._shelf.draft(work, template), verdict)


def seers(template: Template) -> frozenset[str]:
    """The audience keys: its organisation alone until something is published, and when it is archived."""
    if template.current and not template.archived:
        return template.audience.keys(template.owner)
    return frozenset({organisation_key(template.owner)})


def ensure_sound(form: Form, note: str = "", *, draft: bool = False) -> None:
    """Raises Invalid with a problem for every place that is wrong."""
    found = problems(form, draft=draft)
    if len(note) > LONGEST_NOTE:
        text = Text(
            f"メモは{LONGEST_NOTE:,}文字までです。", f"A note has at most {LONGEST_NOTE:,} characters."
        )
        found = (*found, Problem("/note", text))
    if found:
        raise Invalid(_UNSOUND, found)


def absent() -> NotFound:
    return not_found("様式", "The template")


def absent_version() -> NotFound:
    return not_found("様式のこの版", "This version of the template")


def _require_reading(actor: Actor) -> None:
    if not may(actor, Action.FORM_TEMPLATE):
        require(actor, Action.FORM_READ)


def _name_taken(name: str) -> Text:
    return Text(
        f"「{name}」という名前の、内容の異なる様式がすでにあります。別の名前を付けて取り込んでください。",
        f'There is another template named "{name}" already. Take it in under another name.',
    )


_NOT_YOURS = Text(
    "この様式はほかの団体のものなので、変更できません。複製すると、自分の団体の様式として直せます。",
    "This template belongs to another organisation. Copy it to change it as your own.",
)
_STALE = Text(
    "ほかの人が先にこの様式を保存しました。新しい内容を確かめてから、もう一度保存してください。",
    "Somebody saved this template in between. Look at what is there now, then save again.",
)
_NAME_STANDS = Text(
    "一度公開した様式の名前は変えられません。複製すると、別の名前にできます。",
    "The name of a template that was published stands. Copy the template to name it otherwise.",
)
_UNSOUND = Text(
    "様式の内容に誤りがあります。示された箇所を直してください。",
    "The template has mistakes. Correct the places shown.",
)
_BROKEN = Text(
    "署名がファイルの内容と合いません。公開されたあとに書き換えられたおそれがあります。発行元から受け取り直してください。",
    "The signature does not fit the content: the file may have been changed since it was published. Get it again "
    "from where it came.",
)
