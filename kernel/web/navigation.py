"""The map of what people can see: sections of the side list, with the action that each one needs."""

from dataclasses import dataclass

from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.web.translations import N_


@dataclass(frozen=True, slots=True)
class Place:
    """One link. `label` is a msgid; `action` None = everybody who is logged in."""

    label: str
    path: str
    action: Action | None = None
    icon: str = ""
    children: tuple["Place", ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as one reader sees it on one page."""

    label: str
    path: str
    icon: str
    current: bool
    open: bool
    children: tuple["Shown", ...] = ()


MAP = (
    Place(N_("ホーム"), "/", icon="home"),
    Place(
        N_("知識を探す"),
        "/knowledge",
        Action.ENTRY_READ,
        "search",
        (
            Place(N_("新着"), "/knowledge/new-arrivals", Action.ENTRY_READ),
            Place(N_("知識を書く"), "/knowledge/new", Action.ENTRY_WRITE),
            Place(N_("下書き"), "/knowledge/drafts", Action.ENTRY_WRITE),
        ),
    ),
    Place(
        N_("帳票を読む"),
        "/forms",
        Action.FORM_READ,
        "doc",
        (
            Place(N_("帳票を取り込む"), "/forms/new", Action.FORM_RUN),
            Place(N_("確認する"), "/forms/verify", Action.FORM_VERIFY),
            Place(N_("様式"), "/forms/templates", Action.FORM_READ),
            Place(N_("文書を読む（様式なし）"), "/forms/read", Action.FORM_RUN),
            Place(N_("出力設定"), "/forms/exports", Action.FORM_EXPORT),
            Place(N_("保存期間"), "/forms/policy", Action.FORM_READ),
        ),
    ),
    Place(
        N_("管理"),
        "/admin/users",
        Action.USER_MANAGE,
        "people",
        (
            Place(N_("利用者"), "/admin/users", Action.USER_MANAGE),
            Place(N_("監査記録"), "/admin/audit", Action.AUDIT_READ),
            Place(N_("処理状況"), "/admin/operations", Action.OPERATIONS_READ),
        ),
    ),
)


def places(actor: Actor | None, path: str, map_of: tuple[Place, ...] = MAP) -> tuple[Shown, ...]:
    """What an actor may see, with the place they are at marked: the longest path that is a prefix."""
    if actor is None:
        return ()
    everywhere = [place.path for top in map_of for place in (top, *top.children)]
    here = max((place for place in everywhere if _within(path, place)), key=len, default="")
    shown = []
    for top in map_of:
        children = tuple(
            Shown(child.label, child.path, child.icon, child.path == here, False)
            for child in top.children
            if child.action is None or may(actor, child.action)
        )
        allowed = top.action is None or may(actor, top.action)
        if not allowed and not children:
            continue
        target = top.path if allowed else children[0].path
        inside = here == top.path or any(child.current for child in children)
        at_top = here == top.path and not any(child.current for child in children)
        shown.append(Shown(top.label, target, top.icon, at_top, inside, children if inside else ()))
    return tuple(shown)


def _within(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(place + "/"))
