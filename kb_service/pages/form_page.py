"""The form of an entry, filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.attachments import Attachment
from kb_service.models.entries import Entry, Kind, LinkKind, Outcome, ProviderKind, Status
from kb_service.pages.desk import Desk
from kb_service.pages.fields import GROUPS
from kb_service.pages.forms import Values, first
from kb_service.pages.labels import (
    AUDIENCE_MEANINGS,
    AUDIENCES,
    LINKS,
    OUTCOMES,
    PROVIDER_KINDS,
    STATUS_MEANINGS,
    STATUSES,
)
from kernel.errors import Problem, Unavailable
from kernel.identity.models import Actor
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, may
from kernel.visibility import AudienceKind

CONTROL_OF = {
    "planned.what": "planned_what",
    "planned.when": "planned_when",
    "audience.organisations": "audience_organisations",
    "links": "links",
    "introduced_by": "introduced_by",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is shown: its values, the entry it changes (None = new), what is wrong with it, and the
    version that was opened (0 = the current one)."""

    values: Values
    entry: Entry | None = None
    problems: Sequence[Problem] = ()
    based_on: int = 0

    @property
    def kind(self) -> Kind:
        if self.entry is not None:
            return self.entry.content.kind
        posted = first(self.values, "kind")
        return next((each for each in Kind if each == posted), Kind.CASE)


def form_page(
    desk: Desk, request: Request, actor: Actor, filled: Filled, failure: Unavailable | None = None
) -> Response:
    """The form; 422 when something in it is wrong. `failure`: it could not be saved, through no fault of it."""
    web, language = desk.web, desk.web.language(request)
    values, entry, problems, kind = filled.values, filled.entry, filled.problems, filled.kind
    shown = tuple((control_of(each.where), each.text.in_language(language)) for each in problems)
    attachments: tuple[Attachment, ...] = ()
    with web.records.read() as work:
        linked = desk.bank.entries.visible(work, actor, values.get("link_target", []))
        if entry is not None:
            attachments = desk.bank.attachments.list(work, actor, entry.id)
    version = filled.based_on or (entry.version if entry else 0)
    return desk.page(
        request,
        actor,
        "form.html",
        status=failure.status if failure else 422 if problems else 200,
        failure=failure.text.in_language(language) if failure else "",
        entry=entry,
        kind=kind,
        values=values,
        value=lambda name: (values.get(name) or [""])[0],
        problems=shown,
        groups=_groups(kind, language),
        link_rows=_link_rows(values, {key: each.content.title for key, each in linked.items()}),
        introduction_rows=_introduction_rows(values),
        attachments=attachments,
        based_on=version,
        draft_key=f"kb-draft:{actor.user_id}:{entry.id if entry else 'new-' + kind}",
        upload_limit=web.settings.upload_max_mb * 1_000_000,
        **_options(actor, entry, language),
    )


def control_of(where: str) -> str:
    """The id of the control that a problem of the services is about."""
    name = where.removeprefix("fields.").removeprefix("/fields/").lstrip("/")
    if name in CONTROL_OF:
        return CONTROL_OF[name]
    head = name.split(".")[0]
    if name.startswith("audience.organisations"):
        return CONTROL_OF["audience.organisations"]
    return CONTROL_OF.get(head, head)


def _groups(kind: Kind, language: str) -> list[dict[str, Any]]:
    return [
        {
            "title": group.title.in_language(language),
            "fields": [
                {
                    "name": words.name,
                    "control": words.control,
                    "label": words.label.in_language(language),
                    "hint": words.hint.in_language(language),
                }
                for words in group.fields
            ],
        }
        for group in GROUPS[kind]
    ]


def _options(actor: Actor, entry: Entry | None, language: str) -> dict[str, Any]:
    """The choices of the form. Who may not publish is offered what they may choose."""
    publish = may(actor, Action.ENTRY_PUBLISH)
    statuses = [each for each in Status if publish or each in {Status.DRAFT, Status.IN_PROGRESS}]
    if entry is None:
        statuses = [each for each in statuses if each is not Status.ARCHIVED]
    owner = entry.owner if entry else actor.organisation
    return {
        "may_publish": publish,
        "statuses": [
            (each, STATUSES[each].in_language(language), STATUS_MEANINGS[each].in_language(language))
            for each in statuses
        ],
        "audiences": [
            (each, AUDIENCES[each].in_language(language), AUDIENCE_MEANINGS[each].in_language(language))
            for each in AudienceKind
        ],
        "organisations": [
            (code, each.name_en if language == "en" else each.name, "")
            for code, each in ORGANISATIONS.items()
            if code != owner
        ],
        "all_organisations": [
            (code, each.name_en if language == "en" else each.name, "")
            for code, each in ORGANISATIONS.items()
        ],
        "outcomes": [(each, OUTCOMES[each].in_language(language), "") for each in Outcome],
        "provider_kinds": [(each, PROVIDER_KINDS[each].in_language(language)) for each in ProviderKind],
        "link_kinds": [(each, LINKS[each].in_language(language)) for each in LinkKind],
    }


def _link_rows(values: Values, titles: dict[str, str]) -> list[dict[str, str]]:
    kinds = values.get("link_kind", [])
    return [
        {
            "target": target,
            "title": titles.get(target, target),
            "kind": kinds[number] if number < len(kinds) else LinkKind.RELATED,
        }
        for number, target in enumerate(values.get("link_target", []))
        if target
    ]


def _introduction_rows(values: Values) -> list[dict[str, str]]:
    contacts = values.get("introduced_contact", [])
    return [
        {"organisation": organisation, "contact": contacts[number] if number < len(contacts) else ""}
        for number, organisation in enumerate(values.get("introduced_organisation", []))
        if organisation or (number < len(contacts) and contacts[number])
    ]
