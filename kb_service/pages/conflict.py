"""The page for two people who saved the same entry at once."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Entry
from kb_service.pages.desk import Desk
from kb_service.pages.fields import field_label
from kb_service.pages.forms import Values, first, values_of
from kb_service.pages.merging import Merge, groups, merge
from kb_service.pages.wording import worded_in
from kb_service.rules.comparison import stretches
from kernel.errors import NotFound
from kernel.identity.models import Actor


@dataclass(frozen=True, slots=True)
class Collision:
    """What was typed, what is stored now, and the version that the typing began from."""

    mine: Values
    current: Entry
    based_on: int


def conflict_page(desk: Desk, request: Request, actor: Actor, collision: Collision) -> Response:
    """Both versions side by side; nothing typed is lost. What only one side changed is taken over."""
    mine, current, based_on = collision.mine, collision.current, collision.based_on
    web, language, kind = desk.web, desk.web.language(request), current.content.kind
    theirs = values_of(current.content)
    with web.records.read() as work:
        try:
            base = values_of(desk.bank.entries.revision(work, actor, current.id, based_on).content)
        except NotFound:
            base = {}
        targets = [*mine.get("link_target", []), *theirs.get("link_target", [])]
        titles = {
            key: each.content.title for key, each in desk.bank.entries.visible(work, actor, targets).items()
        }
    found = merge(kind, base, mine, theirs)
    members = groups(kind)
    shown = worded_in(language, desk.named(request), titles)
    return desk.page(
        request,
        actor,
        "conflict.html",
        status=412,
        entry=current,
        clashes=[
            {
                "name": clash.name,
                "label": field_label(clash.name, language),
                "mine": shown(clash.name, clash.mine),
                "theirs": shown(clash.name, clash.theirs),
                "stretches": stretches(shown(clash.name, clash.theirs), shown(clash.name, clash.mine)),
                "single": len(members[clash.name]) == 1 and clash.name != "sample",
                "values": [
                    (side, member, value)
                    for side, of in (("mine", mine), ("theirs", theirs))
                    for member in members[clash.name]
                    for value in of.get(member, [])
                ],
                "own": (mine.get(clash.name) or [""])[0],
            }
            for clash in found.clashes
        ],
        kept=_kept(found, members),
        only_mine=[field_label(name, language) for name in found.only_mine],
        only_theirs=[field_label(name, language) for name in found.only_theirs],
        note=first(mine, "note"),
    )


def _kept(found: Merge, members: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The merged values that need no choice, as hidden fields."""
    open_names = {member for clash in found.clashes for member in members[clash.name]}
    return [
        (name, value) for name, given in found.merged.items() if name not in open_names for value in given
    ]
