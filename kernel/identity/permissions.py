"""Role × action: the one table, shown on the users page and tested."""

from enum import StrEnum

from kernel.errors import Forbidden, Text
from kernel.identity.models import Actor, Role, Scope


class Action(StrEnum):
    """What can be done. Reading is limited to what the actor may see, writing to their organisation."""

    ENTRY_READ = "entry.read"
    ENTRY_WRITE = "entry.write"  # drafts; in progress, shared with organisations; drop unshared drafts
    ENTRY_PUBLISH = "entry.publish"  # publish, show to the public, archive
    ENTRY_DELETE = "entry.delete"
    IMPORT = "import"
    INDEX_MANAGE = "index.manage"  # reindex, adapt
    OPERATIONS_READ = "operations.read"  # how things are: index, model, jobs of the own organisation
    USER_MANAGE = "user.manage"
    AUDIT_READ = "audit.read"
    FORM_READ = "form.read"  # batches of the own organisation with what was read
    FORM_RUN = "form.run"  # add scans, pause, resume, cancel
    FORM_VERIFY = "form.verify"
    FORM_EXPORT = "form.export"
    FORM_TEMPLATE = "form.template"  # make, publish and share templates
    FORM_LEAD = "form.lead"  # speed and agreement of others
    FORM_POLICY = "form.policy"  # how long images and values are kept, watched folders
    TOKEN_OWN = "token.own"  # noqa: S105  make API tokens for oneself


_FORM_WORK = frozenset({Action.FORM_READ, Action.FORM_RUN, Action.FORM_VERIFY, Action.FORM_EXPORT})

TABLE: dict[Role, frozenset[Action]] = {
    Role.READER: frozenset({Action.ENTRY_READ, Action.TOKEN_OWN}),
    Role.CONTRIBUTOR: frozenset({Action.ENTRY_READ, Action.TOKEN_OWN, Action.ENTRY_WRITE, *_FORM_WORK}),
    Role.REVIEWER: frozenset(
        {
            Action.ENTRY_READ,
            Action.TOKEN_OWN,
            Action.ENTRY_WRITE,
            Action.ENTRY_PUBLISH,
            Action.ENTRY_DELETE,
            *_FORM_WORK,
            Action.FORM_TEMPLATE,
            Action.FORM_LEAD,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Action.ENTRY_READ,
            Action.TOKEN_OWN,
            Action.IMPORT,
            Action.INDEX_MANAGE,
            Action.OPERATIONS_READ,
        }
    ),
    Role.AUDITOR: frozenset({Action.ENTRY_READ, Action.AUDIT_READ}),
    Role.ADMINISTRATOR: frozenset(
        {
            Action.ENTRY_READ,
            Action.TOKEN_OWN,
            Action.USER_MANAGE,
            Action.AUDIT_READ,
            Action.OPERATIONS_READ,
            Action.FORM_POLICY,
        }
    ),
}

SCOPE_NEEDED: dict[Action, Scope] = {
    Action.ENTRY_READ: Scope.READ,
    Action.ENTRY_WRITE: Scope.WRITE,
    Action.ENTRY_PUBLISH: Scope.WRITE,
    Action.ENTRY_DELETE: Scope.WRITE,
    Action.IMPORT: Scope.WRITE,
    Action.INDEX_MANAGE: Scope.ADMIN,
    Action.OPERATIONS_READ: Scope.ADMIN,
    Action.USER_MANAGE: Scope.ADMIN,
    Action.AUDIT_READ: Scope.ADMIN,
    Action.FORM_READ: Scope.READ,
    Action.FORM_RUN: Scope.WRITE,
    Action.FORM_VERIFY: Scope.WRITE,
    Action.FORM_EXPORT: Scope.READ,
    Action.FORM_TEMPLATE: Scope.WRITE,
    Action.FORM_LEAD: Scope.READ,
    Action.FORM_POLICY: Scope.ADMIN,
    Action.TOKEN_OWN: Scope.ADMIN,
}


def may(actor: Actor, action: Action) -> bool:
    """Whether one of the actor's roles allows the action, and the token (if one is used) covers it."""
    if actor.scopes is not None and SCOPE_NEEDED[action] not in actor.scopes:
        return False
    return any(action in TABLE[role] for role in actor.roles)


def require(actor: Actor, action: Action) -> None:
    """Raises Forbidden, naming who can help."""
    if not may(actor, action):
        raise Forbidden(
            Text(
                "この操作を行う権限がありません。必要なときは、所属する区の管理者に役割の変更を依頼してください。",
                "You may not do this. If you need to, ask your organisation's administrator for a role.",
            )
        )
