"""What a reader said about one field, whoever the reader is, and the running of our own through its port."""

import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from evals.ocr.cases import Case, Key
from kernel.clock import Clock
from ocr_service.models.readings import PageOutcome, PageReading
from ocr_service.ports.form_reading import KnownForm, PageAddress, Wanted
from ocr_service.wiring import build_form_reader

_CHUNK = 32  # pages that one lane reads in one go


@dataclass(frozen=True, slots=True)
class Answer:
    """`shown`: all readings a person would see, best first; `sure`: nothing asks for a person beside confidence."""

    value: str
    confidence: float = 0.0
    sure: bool = False
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """One run over a case. Pages that were not matched have no fields here. `seconds` from the first page's
    beginning to the last page's end, engine's start included; `cpu_s` of all processors, which a busy machine does
    not lengthen."""

    fields: Mapping[Key, Answer]
    seconds: float
    unmatched: tuple[tuple[str, int], ...] = ()
    engine: str = ""
    cpu_s: float = 0.0


def cpu_seconds() -> float:
    """Spent so far by this process and by those that it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def ours(case: Case, among: Sequence[Case], lanes: int, tell: Callable[[str], None]) -> Answers:
    """The production path: pages travel in a ZIP, every lane reads its chunks in a sandbox of its own, and the
    form is found among all of `among`."""
    known = [KnownForm(each.form.name, "1.0.0", each.form) for each in among]
    pages = case.pages()
    chunks = [pages[start : start + _CHUNK] for start in range(0, len(pages), _CHUNK)]
    found: list[tuple[tuple[str, int], PageReading]] = []
    with tempfile.TemporaryDirectory(prefix="chienowa-eval-") as folder:
        stack = Path(folder) / "stack.zip"
        with zipfile.ZipFile(stack, "w", zipfile.ZIP_STORED) as packed:
            for file in case.files:
                packed.write(file, file.name)

        def read(chunk: list[tuple[str, int]]) -> None:
            reader = build_form_reader(Clock())
            waiting = iter(chunk)
            wanted = [Wanted(PageAddress(name, number)) for name, number in chunk]
            reader.read(stack, wanted, known, lambda page: found.append((next(waiting), page)))
            tell(f"{case.form.name}: {len(found)}/{len(pages)}")

        started, spent = time.monotonic(), cpu_seconds()
        with ThreadPoolExecutor(lanes) as pool:
            list(pool.map(read, chunks))
        seconds, spent = time.monotonic() - started, cpu_seconds() - spent
    return _answers(case, found, seconds, spent)


def _answers(
    case: Case, found: Sequence[tuple[tuple[str, int], PageReading]], seconds: float, spent: float
) -> Answers:
    fields: dict[Key, Answer] = {}
    unmatched, engine = [], ""
    for (name, number), page in found:
        right = page.outcome is PageOutcome.MATCHED and page.match is not None
        if not right or page.match is None or page.match.template_id != case.form.name:
            unmatched.append((name, number))
            continue
        for each in page.fields:
            shown = tuple(candidate.value for candidate in each.candidates)
            fields[name, number, each.field] = Answer(each.value, each.confidence, not each.flags, shown)
            engine = each.engine or engine
    return Answers(fields, seconds, tuple(unmatched), engine, spent)
