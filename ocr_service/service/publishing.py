"""Publishing of templates: versions that never change, signed, and yanked with a reason. The edge commits."""

from dataclasses import replace

from kernel.artifacts import Change, Keyring, Manifest, Signer, Trust, Version
from kernel.artifacts.versions import FIRST
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from ocr_service.models.forms import Template, TemplateState, TemplateVersion, VersionLine
from ocr_service.ports.templates import TemplateRepository
from ocr_service.rules.form_changes import change_between
from ocr_service.service.templates import KIND, LONGEST_NOTE, Shelf, absent_version, ensure_sound


class Publishing:
    """`signer` vouches for what is published in the browser or over the API; a ward with a key of its own gives
    another."""

    def __init__(
        self, repository: TemplateRepository, keyring: Keyring, signer: Signer, audit: Audit, clock: Clock
    ) -> None:
        self._shelf = Shelf(repository, audit, clock)
        self._repository = repository
        self._keyring = keyring
        self._signer = signer

    def next_version(self, work: UnitOfWork, actor: Actor, template_id: str) -> tuple[Version, Change]:
        """What publishing the draft now would make, and how much that changes. Raises NotFound, Forbidden, and
        Conflict when nothing has changed."""
        template = self._shelf.own(work, actor, template_id, None, lock=False)
        return self._next(work, template, self._shelf.draft(work, template))

    def publish(
        self,
        work: UnitOfWork,
        actor: Actor,
        template_id: str,
        based_on: int,
        note: str = "",
        *,
        signer: Signer | None = None,
    ) -> TemplateVersion:
        """The draft as the next version. Raises StaleTemplate, Invalid, Forbidden, NotFound, and Conflict when
        nothing has changed since the version before."""
        template = self._shelf.own(work, actor, template_id, based_on)
        draft = self._shelf.draft(work, template)
        ensure_sound(draft.form, note)
        version, _change = self._next(work, template, draft)
        at = self._shelf.clock.now()
        manifest = Manifest.of(
            KIND, template.name, template.owner, version=str(version), digest=draft.digest, at=at
        )
        envelope = (signer or self._signer).sign(work, manifest)
        published = replace(
            draft,
            version=str(version),
            state=TemplateState.PUBLISHED,
            saved_at=at,
            saved_by=actor.user_id,
            envelope=envelope.to_json(),
            note=note,
        )
        self._repository.put(work, published)
        new = self._shelf.store(work, replace(template, title=draft.form.title, current=str(version)))
        self._shelf.note(
            work,
            actor,
            "published",
            new,
            version=published.version,
            digest=published.digest,
            key=envelope.signatures[0].key_id,
        )
        return published

    def yank(
        self, work: UnitOfWork, actor: Actor, template_id: str, version: str, reason: str
    ) -> TemplateVersion:
        """No longer for new batches; those under way go on with it, and whoever looks reads the reason. Raises
        NotFound, Forbidden, Invalid without a reason, Conflict when it was yanked before."""
        template = self._shelf.own(work, actor, template_id, None)
        reason = reason.strip()
        if not 1 <= len(reason) <= LONGEST_NOTE:
            raise Invalid(_NO_REASON, (Problem("/reason", _NO_REASON),))
        found = self._repository.version(work, template_id, version) if version else None
        if found is None:
            raise absent_version()
        if found.state is TemplateState.YANKED:
            raise Conflict(_YANKED)
        yanked = replace(found, state=TemplateState.YANKED, note=reason)
        self._repository.put(work, yanked)
        standing = _published(self._repository.versions(work, template_id))
        new = self._shelf.store(work, replace(template, current=standing[0].version if standing else ""))
        self._shelf.note(work, actor, "yanked", new, version=version, digest=found.digest)
        return yanked

    def _next(self, work: UnitOfWork, template: Template, draft: TemplateVersion) -> tuple[Version, Change]:
        """Numbers of yanked versions are not used again. The same content may be published anew when the key
        that signed it was revoked."""
        lines = self._repository.versions(work, template.id)
        if not lines:
            return FIRST, Change.MAJOR
        standing = _published(lines)
        if standing and standing[0].digest == draft.digest and not self._revoked(work, standing[0]):
            raise Conflict(_UNCHANGED)
        before = self._repository.version(work, template.id, (standing or lines)[0].version)
        if before is None:
            raise absent_version()
        change = change_between(before.form, draft.form)
        return Version.parse(lines[0].version).after(change), change

    def _revoked(self, work: UnitOfWork, line: VersionLine) -> bool:
        return self._keyring.judge(work, line.envelope, KIND, line.digest).trust is Trust.REVOKED


def _published(lines: tuple[VersionLine, ...]) -> list[VersionLine]:
    return [line for line in lines if line.state is TemplateState.PUBLISHED]


_NO_REASON = Text(
    f"取り下げる理由を{LONGEST_NOTE:,}文字以内で書いてください。",
    f"Say in at most {LONGEST_NOTE:,} characters why this version is yanked.",
)
_YANKED = Text("この版はすでに取り下げられています。", "This version was yanked already.")
_UNCHANGED = Text(
    "公開中の版から変わったところがありません。",
    "Nothing has changed since the published version.",
)
