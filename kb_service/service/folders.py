"""A folder to import, looked through before anything is stored: which files become entries, which belong to
them as attachments, and what is left out."""

import os
import posixpath
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb_service.models.importing import Skipped
from kb_service.rules.front_matter import EntryFile, parse_entry_file
from kb_service.rules.references import references
from kernel.errors import ChienowaError, Text

MARKDOWN = (".md", ".markdown")
LARGEST_MARKDOWN = 900_000  # bytes; a longer text is kept as a file with its entry
LEFT_BEHIND = ("thumbs.db", "desktop.ini")  # by Windows, beside people's files
LINKED_FOLDER = Text(
    "リンクされたフォルダーの中は取り込みません。必要なときは、元のフォルダーを指定してください。",
    "A folder that is a link is not entered. Name the folder itself to import it.",
)
BESIDE = ("", "attachments", "../attachments")  # where the files that front matter names are looked for


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its path for people and for the note of what was imported, unique in its folder, and where it
    lies."""

    path: str
    file: Path

    @property
    def name(self) -> str:
        """As people read it, composed (NFC)."""
        return unicodedata.normalize("NFC", _decoded_name(self.file.name))


@dataclass(frozen=True, slots=True)
class Written:
    """A Markdown file that is an entry, the files that belong to it, and the paths of entries it links to."""

    found: Found
    parsed: EntryFile
    front_matter: bool
    attachments: tuple[Found, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """`written` in an order in which links point back where they can; `files` become entries with a file;
    `ignored`: the paths of hidden files and folders and of what programs leave beside people's files."""

    written: tuple[Written, ...]
    files: tuple[Found, ...]
    skipped: tuple[Skipped, ...]
    ignored: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.written) + len(self.files)


def look_through(root: Path) -> Folder:
    """Reads names and Markdown files, nothing else. Hidden files, links and special files are not followed."""
    skipped: list[Skipped] = []
    ignored: list[str] = []
    found = _with_unique_paths(_walk(root, skipped, ignored), root)
    written: dict[str, Written] = {}
    for path, each in found.items():
        if each.name.lower().endswith(MARKDOWN) and (parsed := _read(each, skipped)) is not None:
            written[path] = parsed
    taken: set[str] = set()
    for path, one in written.items():
        written[path] = _with_named(one, found, skipped)
        taken.update(file.path for file in written[path].attachments)
    written = {path: one for path, one in written.items() if path not in taken}  # a .md can be an attachment
    for path, one in written.items():
        written[path] = _with_referred(one, found, written)
        taken.update(file.path for file in written[path].attachments)
    taken.update(each.path for each in skipped)
    files = [each for path, each in found.items() if path not in written and path not in taken]
    return Folder(tuple(_in_order(written)), tuple(files), tuple(skipped), tuple(ignored))


def _with_unique_paths(files: Iterable[Found], root: Path) -> dict[str, Found]:
    """By path. Two names may read the same once they are composed, as が and か with its mark do when they come
    from two sorts of computers: the one that is not composed then goes by its name as it is."""
    same: dict[str, list[Found]] = {}
    for each in files:
        same.setdefault(each.path, []).append(each)
    found: dict[str, Found] = {}
    for path, those in same.items():
        those.sort(key=lambda each: _as_it_is(each.file, root) != path)  # the composed one keeps the path
        found[path] = those[0]
        for each in those[1:]:
            own = _as_it_is(each.file, root)
            while own in same or own in found:  # a name of bytes that are no text, and one that spells it
                own += "'"
            found[own] = replace(each, path=own)
    return found


def _walk(root: Path, skipped: list[Skipped], ignored: list[str]) -> Iterator[Found]:
    """Regular files below the root in the order of their paths."""

    def unreadable(error: OSError) -> None:
        path = _shown(Path(error.filename or root), root)
        skipped.append(Skipped(path, Text("フォルダーを開けません。", "The folder cannot be opened.")))

    for folder, folders, names in os.walk(root, onerror=unreadable):
        here = Path(folder)
        ignored.extend(_shown(here / name, root) + "/" for name in sorted(folders) if name.startswith("."))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (here / name).is_symlink():  # perhaps a circle; os.walk does not enter it
                skipped.append(Skipped(_shown(here / name, root), LINKED_FOLDER))
        for name in sorted(names):
            file = here / name
            if name.startswith((".", "~$")) or name.lower() in LEFT_BEHIND:
                ignored.append(_shown(file, root))
            elif file.is_symlink() or not file.is_file():
                reason = Text("通常のファイルではありません。", "It is not a regular file.")
                skipped.append(Skipped(_shown(file, root), reason))
            else:
                yield Found(_shown(file, root), file)


def _shown(file: Path, root: Path) -> str:
    """The path below the root with / between its parts, composed (NFC), also when its bytes are no UTF-8."""
    return unicodedata.normalize("NFC", _as_it_is(file, root))


def _as_it_is(file: Path, root: Path) -> str:
    return _decoded_name(file.relative_to(root)).replace(os.sep, "/")


def _decoded_name(path: Path | str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _read(found: Found, skipped: list[Skipped]) -> Written | None:
    """The entry in a Markdown file; None when it is too long for one or cannot be taken."""
    try:
        if found.file.stat().st_size > LARGEST_MARKDOWN:
            return None
        text = _decoded(found.file.read_bytes())
        if text is None:
            return None
        parsed = parse_entry_file(text, found.name)
    except OSError as error:
        skipped.append(Skipped(found.path, cannot_open(error)))
        return None
    except ChienowaError as error:
        skipped.append(Skipped(found.path, error.text))
        return None
    if not parsed.content.body and not text.startswith("---"):
        skipped.append(Skipped(found.path, Text("ファイルが空です。", "The file is empty.")))
        return None
    return Written(found, parsed, text.lstrip("\ufeff").startswith("---"))


def _decoded(raw: bytes) -> str | None:
    """UTF-8 or Windows' Japanese; None for anything else, which the text extraction then sorts out."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if "\x00" not in text else None
    return None


def _with_named(one: Written, found: Mapping[str, Found], skipped: list[Skipped]) -> Written:
    """With the files that the front matter names."""
    folder = posixpath.dirname(one.found.path)
    attachments: dict[str, Found] = {}
    for name in one.parsed.attachments:
        places = (posixpath.normpath(posixpath.join(folder, place, name)) for place in BESIDE)
        file = next((found[place] for place in places if place in found), None)
        if file is None:
            reason = Text(
                f"添付ファイル「{name}」がフォルダーにありません。",
                f"The attachment {name} is not in the folder.",
            )
            skipped.append(Skipped(one.found.path, reason))
        else:
            attachments[file.path] = file
    return replace(one, attachments=tuple(attachments.values()))


def _with_referred(one: Written, found: Mapping[str, Found], written: Mapping[str, Written]) -> Written:
    """With the files and the entries that the text shows or links to."""
    paths = references(one.parsed.content.body, posixpath.dirname(one.found.path))
    links = tuple(path for path in paths if path in written and path != one.found.path)
    named = {each.path: each for each in one.attachments}
    named |= {path: found[path] for path in paths if path in found and path not in written}
    return replace(one, attachments=tuple(named.values()), links=links)


def _in_order(written: Mapping[str, Written]) -> Sequence[Written]:
    """Targets of links before their sources, except in circles; otherwise by path. Not recursive: a chain of
    ten thousand files is no reason to fail."""
    by_slug = {one.parsed.slug: path for path, one in written.items()}
    ordered: dict[str, None] = {}
    entered: set[str] = set()
    for first in written:
        stack = [(first, False)]
        while stack:
            path, done = stack.pop()
            if done:
                ordered[path] = None
            elif path not in entered:
                entered.add(path)
                one = written[path]
                targets = [by_slug.get(link.target, "") for link in one.parsed.content.links]
                stack.append((path, True))
                stack.extend((each, False) for each in (*targets, *one.links) if each and each not in entered)
    return [written[path] for path in ordered]


def cannot_open(error: OSError) -> Text:
    """Why a file could not be opened."""
    if isinstance(error, PermissionError):
        return Text(
            "ファイルを開く権限がありません。権限を確認してください。",
            "There is no permission to open the file. Check its permissions.",
        )
    if isinstance(error, FileNotFoundError):
        return Text("取り込みの途中でファイルがなくなりました。", "The file vanished during the import.")
    return Text(f"ファイルを読めません（{error.strerror}）。", f"The file cannot be read ({error.strerror}).")
