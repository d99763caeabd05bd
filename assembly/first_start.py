"""What a home needs before it can be served: migrated records, a text-vector model, and for the demonstration
its sample users and entries."""

import logging
import time
from pathlib import Path

import kb_service
import ocr_service
from assembly.embedded import System, build
from kernel.audit import SYSTEM
from kernel.identity.models import Actor, Role
from kernel.identity.samples import ensure_samples
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind
from ocr_service.schemas.forms import read_file

_log = logging.getLogger("chienowa")
SAMPLES = Path(str(kb_service.__file__)).parent / "samples"
SAMPLE_FORMS = Path(str(ocr_service.__file__)).parent / "samples" / "forms"
DONE = "samples-imported"
FORMS_DONE = "sample-forms-published"


def prepare(settings: Settings) -> System:
    """A system that is ready to be served. Takes about half a minute the first time, nothing afterwards."""
    begun = time.monotonic()
    system = build(settings)
    ensure_model(system)
    if settings.demo:
        ensure_sample_data(system)
        ensure_sample_forms(system)
    _log.info("ready in %.1f s", time.monotonic() - begun)
    return system


def ensure_model(system: System) -> None:
    """Builds the static model from the installed word vectors when there is none."""
    if system.bank.adaptation.base_missing():
        _log.warning("building the language model from the installed word vectors (once, about 20 s)")
        system.bank.adaptation.build_base()


def ensure_sample_data(system: System) -> None:
    """Sample users, and the sample entries unless they are there already."""
    with system.records.write() as work:
        ensure_samples(work, system.clock)
    mark = system.settings.home / DONE
    if mark.exists():
        return
    _log.warning("taking in the sample entries (once)")
    report = system.bank.importing.import_samples(SAMPLES, sample_actor, lambda *_: None)
    for skipped in report.skipped:
        _log.error("sample %s: %s", skipped.path, skipped.reason.en)
    mark.touch()


def ensure_sample_forms(system: System) -> None:
    """The sample templates, published by the shared body for all members, unless they are there already."""
    mark = system.settings.home / FORMS_DONE
    if mark.exists():
        return
    forms, actor = system.forms, system_actor()
    with system.records.write() as work:
        for file in sorted(SAMPLE_FORMS.glob("*.json")):
            taken = forms.templates.take_in(work, actor, read_file(file.read_bytes()).form, "").template
            if not taken.current:  # a start before was cut off between here and the mark
                shared = forms.templates.share(
                    work, actor, taken.id, Audience(AudienceKind.MEMBERS), taken.revision
                )
                forms.publishing.publish(work, actor, taken.id, shared.revision)
    mark.touch()


def sample_actor(organisation: str | None) -> Actor:
    """Writes the samples of any organisation, as the system."""
    return system_actor(organisation or "shared")


def system_actor(organisation: str = "shared") -> Actor:
    """Whoever has a shell on the machine, acting for an organisation; the audit says "system"."""
    return Actor(SYSTEM, "システム", organisation, frozenset({Role.REVIEWER, Role.OPERATOR}))
