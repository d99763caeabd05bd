"""Taking in a folder: each file in a transaction of its own, so that an import can be stopped at any moment and
run again: nothing twice, nothing lost."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from kb_service.models.attachments import ReadingState
from kb_service.models.entries import CaseFields, Content, Entry, Kind, Link, Outcome, Status
from kb_service.models.importing import ImportReport, Skipped
from kb_service.models.imports import Imported
from kb_service.ports.extraction import ExtractedText, TextExtractor
from kb_service.ports.records import Repositories
from kb_service.rules.files import safe_name
from kb_service.rules.titles import title_of
from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kb_service.service.folders import Folder, Found, Written, cannot_open, look_through
from kb_service.service.prepared import Prepared, Preparing, digest_together
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.errors import ChienowaError, Clashed, Invalid, Text, Unavailable
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.records import Records, UnitOfWork
from kernel.visibility import Audience, AudienceKind

NOTE = "フォルダーから取り込みました。 (imported from a folder)"
MEMBERS = Audience(AudienceKind.MEMBERS)
CLASH_SECONDS = (0.05, 0.2, 0.8, 2.0)  # before a transaction that gave way to another one is tried again
T = TypeVar("T")

Progress = Callable[[int, int, str], None]
"""progress(done, total, path)"""
ActorOf = Callable[[str | None], Actor | None]
"""On whose behalf entries of an organisation (None = not said) are written; None = they may not be."""


@dataclass(frozen=True, slots=True)
class Options:
    """For files that do not say it themselves."""

    audience: Audience = MEMBERS
    status: Status = Status.PUBLISHED


class Importing:
    """Reads folders into the bank. The natural key of a file is owner + path below the folder, beginning with
    the folder's name; its digest tells whether it changed. What a person edited or deleted since stays so."""

    def __init__(
        self,
        records: Records,
        repositories: Repositories,
        entries: Entries,
        attachments: Attachments,
        blobs: BlobStore,
        *,
        extractor: TextExtractor,
        clock: Clock,
        largest: int,
    ) -> None:
        """`largest`: bytes of the largest file that is taken."""
        self.records = records
        self.repositories = repositories
        self.entries = entries
        self.attachments = attachments
        self.preparing = Preparing(blobs, extractor, largest)
        self.clock = clock

    def import_folder(
        self,
        actor: Actor,
        folder: Path,
        progress: Progress,
        audience: Audience = MEMBERS,
        status: Status = Status.PUBLISHED,
    ) -> ImportReport:
        """Everything below the folder. Raises Invalid when it is no folder, Unavailable when the disk is full:
        what was taken by then stays."""
        require(actor, Action.IMPORT)
        root = folder.resolve()
        if not root.is_dir():
            raise Invalid(
                Text(
                    f"{folder} はフォルダーではありません。取り込むフォルダーを指定してください。",
                    f"{folder} is not a folder. Name the folder to import.",
                )
            )

        def own(owner: str | None) -> Actor | None:
            return actor if owner in (None, actor.organisation) else None

        return _Run(self, own, Options(audience, status), root.name).take(look_through(root), progress)

    def import_samples(self, root: Path, actor_of: ActorOf, progress: Progress) -> ImportReport:
        """The entries below `root`/entries with their attachments, each by an actor of its owner."""
        found = look_through(root)
        written = tuple(one for one in found.written if one.found.path.startswith("entries/"))
        skipped = tuple(each for each in found.skipped if each.path.startswith("entries/"))
        return _Run(self, actor_of, Options(), "samples").take(Folder(written, (), skipped), progress)


class _Taken(Exception):
    """Another import that runs at the same time has taken the file."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(entry_id)
        self.entry_id = entry_id


class _Run:
    """One import and what has come of it so far."""

    def __init__(self, bank: Importing, actor_of: ActorOf, options: Options, name: str) -> None:
        self._bank = bank
        self._actor_of = actor_of
        self._options = options
        self._name = name
        self._skipped: list[Skipped] = []
        self._touched: dict[str, None] = {}
        self._read = self._unchanged = 0
        self._by_path: dict[str, str] = {}
        self._by_slug: dict[str, str] = {}

    def take(self, folder: Folder, progress: Progress) -> ImportReport:
        """Entries that are written as Markdown, the links among them, then every other file."""
        self._skipped.extend(folder.skipped)
        done, total = 0, len(folder)
        for one in folder.written:
            progress(done, total, one.found.path)
            self._take_written(one)
            done += 1
        for one in folder.written:
            self._complete_links(one)
        for file in self._bank.preparing.ahead(folder.files, self._is_known):
            progress(done, total, file.found.path)
            self._take_file(file)
            done += 1
        progress(total, total, "")
        return ImportReport(
            self._read, self._unchanged, tuple(self._skipped), tuple(self._touched), folder.ignored
        )

    # Markdown files that are entries

    def _take_written(self, one: Written) -> None:
        actor = self._actor_of(one.parsed.owner)
        if actor is None:
            self._skip(one.found, _other_owner(one.parsed.owner or ""))
            return
        try:
            digest = digest_together([each.file for each in (one.found, *one.attachments)])
            known = self._known_entry(actor, one.found, digest)
            if known is not None:
                entry, changed, files = known, False, list[Prepared]()
            else:
                files = [self._bank.preparing.one(each) for each in one.attachments]
                entry, changed = self._written(
                    lambda work: self._put_written(work, actor, one, files, digest)
                )
        except _Taken as taken:
            self._by_path[one.found.path] = self._by_slug[one.parsed.slug] = taken.entry_id
            self._unchanged += 1
        except OSError as error:
            self._skip(one.found, cannot_open(error))
        except Unavailable:
            raise
        except ChienowaError as error:
            self._skip(one.found, _with_problems(error))
        else:
            self._by_path[one.found.path] = self._by_slug[one.parsed.slug] = entry
            if changed:
                self._read += 1 + sum(file.extracted is not None for file in files)
                self._touched[entry] = None
                for file in files:
                    self._tell(file)
            else:
                self._unchanged += 1

    def _put_written(
        self, work: UnitOfWork, actor: Actor, one: Written, files: Sequence[Prepared], digest: str
    ) -> tuple[str, bool]:
        """The entry's id, and whether anything changed."""
        entries = self._bank.entries
        known = self._known(work, actor, one.found)
        content = self._content(one)
        if known is None:
            entry_id = self._created(work, actor, one.found, content)
        else:
            current = self._bank.repositories.entries.get(work, known.entry_id, lock=True)
            if known.digest == digest or current is None or current.deleted:
                return known.entry_id, False
            if not self._untouched(work, current):
                raise Invalid(EDITED)
            entries.save(work, actor, current.id, content, current.version, NOTE, imported=True)
            entry_id = current.id
        for file in files:
            self._attach(work, actor, entry_id, file)
        self._note(work, actor, one.found, digest, entry_id)
        return entry_id, True

    def _content(self, one: Written) -> Content:
        """As it is written, with those links that lead to entries known by now."""
        content = replace(one.parsed.content, links=tuple(self._links(one)))
        if one.front_matter:
            return content
        options = self._options
        return replace(
            content,
            title=title_of("", content.title, one.found.name),
            fields=UNDECIDED,
            audience=options.audience,
            status=options.status,
        )

    def _links(self, one: Written) -> Iterator[Link]:
        for link in one.parsed.content.links:
            if target := self._by_slug.get(link.target):
                yield Link(target, link.kind)
        for path in one.links:
            if target := self._by_path.get(path):
                yield Link(target)

    def _complete_links(self, one: Written) -> None:
        """Links in a circle, which could not all be there at first. Also after a run that was killed between
        the two."""
        actor, entry_id = self._actor_of(one.parsed.owner), self._by_path.get(one.found.path)
        if actor is None or entry_id is None:
            return
        for link in one.parsed.content.links:
            if link.target not in self._by_slug and entry_id in self._touched:
                self._skip(one.found, _no_target(link.target))
        wanted = list(self._links(one))
        with self._bank.records.read() as work:
            entry = self._bank.repositories.entries.get(work, entry_id)
            if entry is None or entry.deleted or set(wanted) <= set(entry.content.links):
                return
        try:
            changed = self._written(lambda work: self._link(work, actor, entry_id, wanted))
        except Unavailable:
            raise
        except ChienowaError as error:
            self._skip(one.found, _with_problems(error))
        else:
            if changed:
                self._touched[entry_id] = None

    def _link(self, work: UnitOfWork, actor: Actor, entry_id: str, wanted: Sequence[Link]) -> bool:
        """Whether the entry is still the import's to change, and has these links now."""
        entry = self._bank.repositories.entries.get(work, entry_id, lock=True)
        if entry is None or entry.deleted or not self._untouched(work, entry):
            return False
        content = replace(entry.content, links=tuple(dict.fromkeys((*entry.content.links, *wanted))))
        self._bank.entries.save(work, actor, entry_id, content, entry.version, NOTE, imported=True)
        return True

    # Files that become entries with an attachment

    def _take_file(self, file: Prepared) -> None:
        if file.unchanged:
            self._unchanged += 1
            return
        actor = self._actor_of(None)
        if actor is None or file.stored is None or file.extracted is None:
            self._tell(file)
            return
        try:
            extracted = file.extracted
            entry_id = self._written(lambda work: self._put_file(work, actor, file, extracted))
        except _Taken:
            self._unchanged += 1
        except Unavailable:
            raise
        except ChienowaError as error:
            self._skip(file.found, _with_problems(error))
        else:
            self._read += 1
            self._touched[entry_id] = None
            self._tell(file)

    def _put_file(self, work: UnitOfWork, actor: Actor, file: Prepared, extracted: ExtractedText) -> str:
        known = self._known(work, actor, file.found)
        if known is not None:
            if known.digest == file.digest:
                raise _Taken(known.entry_id)
            current = self._bank.repositories.entries.get(work, known.entry_id, lock=True)
            if current is not None and not current.deleted:
                self._attach(work, actor, current.id, file)
            self._note(work, actor, file.found, file.digest, known.entry_id)
            return known.entry_id
        text = "\n".join(part.text for part in extracted.parts[:3])
        name = file.found.name
        content = Content(
            Kind.CASE,
            title_of(text, extracted.title, name),
            UNDECIDED,
            audience=self._options.audience,
            status=self._options.status,
            source=f"取り込んだファイル「{file.found.path[-300:]}」",
        )
        entry_id = self._created(work, actor, file.found, content)
        self._attach(work, actor, entry_id, file)
        self._note(work, actor, file.found, file.digest, entry_id)
        return entry_id

    def _created(self, work: UnitOfWork, actor: Actor, found: Found, content: Content) -> str:
        """The id of a new entry. Writing it takes its turn behind every other writer, so that only now it is
        certain that no other import of the same folder has been here: then _Taken is raised."""
        entry = self._bank.entries.create(work, actor, content, NOTE, imported=True)
        if (known := self._known(work, actor, found)) is not None:
            raise _Taken(known.entry_id)
        return entry.id

    def _attach(self, work: UnitOfWork, actor: Actor, entry_id: str, file: Prepared) -> None:
        """Adds the file with its text, in the place of an older file of the same name."""
        if file.stored is None:
            return
        attachments = self._bank.attachments
        name = file.found.name
        for old in self._bank.repositories.attachments.of_entry(work, entry_id):
            if old.name == safe_name(name) and old.digest != file.stored.digest:
                attachments.remove(work, actor, old.id, imported=True)
        added = attachments.add(work, actor, entry_id, name, file.stored, imported=True)
        if file.extracted is not None:
            read = file.extracted
            attachments.store_text(work, added.id, read.parts, read.media_type, read.notes)
        else:
            attachments.set_state(work, added.id, ReadingState.UNREADABLE, reason=file.reason)

    # Notes

    def _written(self, put: Callable[[UnitOfWork], T]) -> T:
        """What `put` gives, in a transaction of its own; again when it had to give way to another one. Raises
        Clashed when that goes on."""
        for wait in CLASH_SECONDS:
            try:
                with self._bank.records.write() as work:
                    return put(work)
            except Clashed:
                time.sleep(wait)
        with self._bank.records.write() as work:
            return put(work)

    def _is_known(self, found: Found, digest: str) -> bool:
        actor = self._actor_of(None)
        return actor is not None and self._known_entry(actor, found, digest) is not None

    def _known_entry(self, actor: Actor, found: Found, digest: str) -> str | None:
        """The entry of an earlier import of the file as it is."""
        with self._bank.records.read() as work:
            known = self._known(work, actor, found)
        return known.entry_id if known is not None and known.digest == digest else None

    def _known(self, work: UnitOfWork, actor: Actor, found: Found) -> Imported | None:
        return self._bank.repositories.imports.get(work, actor.organisation, self._key(found))

    def _note(self, work: UnitOfWork, actor: Actor, found: Found, digest: str, entry_id: str) -> None:
        imported = Imported(actor.organisation, self._key(found), digest, entry_id, self._bank.clock.now())
        self._bank.repositories.imports.put(work, imported)

    def _key(self, found: Found) -> str:
        return f"{self._name}/{found.path}"

    def _untouched(self, work: UnitOfWork, entry: Entry) -> bool:
        """Whether nobody but an import has saved it last."""
        latest = self._bank.repositories.revisions.get(work, entry.id, entry.version)
        return latest is not None and latest.note == NOTE

    def _skip(self, found: Found, reason: Text) -> None:
        self._skipped.append(Skipped(found.path, reason))

    def _tell(self, file: Prepared) -> None:
        """What could not be read of it, or not all."""
        if file.reason is not None:
            self._skip(file.found, file.reason)
        for note in file.extracted.notes if file.extracted else ():
            self._skip(file.found, note)


UNDECIDED = CaseFields(outcome=Outcome.MIXED)  # a file does not say whether it tells of a success
EDITED = Text(
    "取り込んだ後に編集されているため、そのままにしました。必要なときは画面で直してください。",
    "It was edited after its import and is left as it is. Change it on its page if need be.",
)


def _with_problems(error: ChienowaError) -> Text:
    """The sentence of the error with what was wrong where."""
    if not error.problems:
        return error.text
    ja = "、".join(f"{problem.where}: {problem.text.ja}" for problem in error.problems)
    en = "; ".join(f"{problem.where}: {problem.text.en}" for problem in error.problems)
    return Text(f"{error.text.ja}（{ja}）", f"{error.text.en} ({en})")


def _other_owner(owner: str) -> Text:
    return Text(
        f"提供元（{owner}）がほかの団体のため取り込みません。",
        f"Its owner ({owner}) is another organisation, so it is not imported.",
    )


def _no_target(slug: str) -> Text:
    return Text(
        f"つなぐ先「{slug}」がこのフォルダーにありません。",
        f"The link's target {slug} is not in this folder.",
    )
