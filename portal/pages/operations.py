"""How things are running: the indexes, the language model, background work."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Entry
from kb_service.models.indexing import Trouble
from kb_service.tasks.maintenance import ADAPT_JOB, ONE, REINDEX_JOB
from kb_service.wiring import Bank
from kernel.disk import LEAST_FREE, free_space
from kernel.errors import Conflict, Forbidden, Text
from kernel.identity.models import Actor, OrganisationKind
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, may, require
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.formats import Formats
from portal.pages.jobs import JobViews

LENGTH = 20
ADDRESS = "/admin/operations"
_LEARNING = Text(
    "いま学習を実行しています。終わってから、もう一度お試しください。",
    "The model is learning now. Try again when that has ended.",
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Entries that no search finds: those of the reader's organisation with the reason, and how many others."""

    own: tuple[tuple[Entry, str], ...]
    others: int


def add_operations_pages(router: APIRouter, bank: Bank, web: Web) -> None:
    """Adds /admin/operations with what can be started there."""

    @router.get(ADDRESS)
    def show(request: Request, before: str | None = None, actor: Actor = Depends(web.page_actor)) -> Response:
        """Everything on one page; the parts that change are asked for again while something runs."""
        require(actor, Action.OPERATIONS_READ)
        language, now = web.language(request), web.clock.now()
        views = JobViews(bank, actor, now, web.translate(request), language, figures=_sees_figures(actor))
        status = bank.indexing.status()
        with web.records.read() as work:
            known = bank.jobs.recent(
                work, LENGTH + 1, organisations=(actor.organisation, ""), before=before or None
            )
            rows = [views.of(work, job) for job in known[:LENGTH]]
            running = {
                name: views.of(work, job)
                for name in (REINDEX_JOB, ADAPT_JOB)
                if (job := bank.jobs.open_with_key(work, name, ONE)) is not None
            }
            counts = bank.entries.counts(work, actor)
            skipped = _skipped(bank, work, actor, status.troubles)
        problem = bank.engines.problem
        free = free_space(web.settings.home)
        unfinished = (
            status.filling is not None
            or status.applied < status.last
            or any(row.unfinished for row in (*rows, *running.values()))
        )
        return web.render(
            request,
            "portal/operations.html",
            index=status,
            rows=rows,
            older=known[LENGTH - 1].id if len(known) > LENGTH else "",
            before=before,
            reindex=running.get(REINDEX_JOB),
            learn=running.get(ADAPT_JOB),
            counts=counts,
            skipped=skipped,
            history=bank.adaptation.history()[::-1],
            earlier=bank.adaptation.earlier(),
            plugged="" if problem else web.settings.embedding_model,
            plug_problem=problem.in_language(language) if problem else "",
            index_problem=status.problem_en if language == "en" else status.problem_ja,
            free=Formats(language).size(free),
            disk_low=free < LEAST_FREE,
            may_manage=may(actor, Action.INDEX_MANAGE),
            may_roll_back=_may_roll_back(actor),
            with_figures=_sees_figures(actor),
            unfinished=unfinished,
            now=now,
        )

    @router.post(f"{ADDRESS}/reindex", dependencies=[Depends(web.form)])
    def rebuild(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """Asked for twice, it is done once."""
        _ = web.translate(request)
        _start(bank, web, actor, REINDEX_JOB, "index.rebuild")
        return _done(web, _("索引の作り直しを始めました。終わるまでのあいだも、検索は今までどおり使えます。"))

    @router.post(f"{ADDRESS}/learn", dependencies=[Depends(web.form)])
    def learn(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """The result comes into use only when it is better."""
        _ = web.translate(request)
        _start(bank, web, actor, ADAPT_JOB, "model.learn")
        return _done(web, _("学習を始めました。この画面を閉じても続きます。"))

    @router.post(f"{ADDRESS}/attachments/{{attachment_id}}/read-again", dependencies=[Depends(web.form)])
    def read_again(request: Request, attachment_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """For those who may change the entry."""
        require(actor, Action.OPERATIONS_READ)
        with web.records.write() as work:
            name = bank.attachments.read_again(work, actor, attachment_id).name
        _ = web.translate(request)
        return _done(web, _("「{name}」をもう一度読み取ります。", name=name))

    @router.get(f"{ADDRESS}/rollback")
    def ask_to_roll_back(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """Says what changes for whom, before it does."""
        _require_roll_back(actor)
        history = bank.adaptation.history()
        return web.render(
            request,
            "portal/rollback.html",
            current=history[-1] if history else None,
            earlier=bank.adaptation.earlier(),
        )

    @router.post(f"{ADDRESS}/rollback")
    def roll_back(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        """Back to the version that was confirmed, and to no other."""
        _require_roll_back(actor)
        _ = web.translate(request)
        earlier = bank.adaptation.earlier()
        if earlier is None or form.get("version") != earlier.version:
            return _done(
                web,
                _("モデルの状態が変わっていたため、戻しませんでした。もう一度確かめてください。"),
                "warning",
            )
        with web.records.read() as work:
            if bank.jobs.open_with_key(work, ADAPT_JOB, ONE) is not None:
                raise Conflict(_LEARNING)
        step = bank.adaptation.rollback()
        with web.records.write() as work:
            web.accounts.audit.record(
                work, actor.organisation, actor.user_id, "model.rollback", f"model:{step.version}"
            )
        return _done(
            web,
            _(
                "モデルを{version}に戻しました。検索の意味の索引は、このあと自動で作り直されます。",
                version=step.version,
            ),
        )


def _start(bank: Bank, web: Web, actor: Actor, name: str, action: str) -> None:
    require(actor, Action.INDEX_MANAGE)
    with web.records.write() as work:
        identifier = bank.jobs.enqueue(work, name, {}, key=ONE)
        web.accounts.audit.record(work, actor.organisation, actor.user_id, action, f"job:{identifier}")


def _done(web: Web, sentence: str, kind: str = "success") -> Response:
    response = web.redirect(ADDRESS)
    web.flash(response, sentence, kind)
    return response


def _skipped(bank: Bank, work: UnitOfWork, actor: Actor, troubles: tuple[Trouble, ...]) -> Skipped:
    """A reason may quote what the entry says, so only its own organisation reads it."""
    seen = bank.entries.visible(work, actor, [trouble.entry_id for trouble in troubles])
    own = tuple(
        (seen[trouble.entry_id], trouble.reason)
        for trouble in troubles
        if trouble.entry_id in seen and seen[trouble.entry_id].owner == actor.organisation
    )
    return Skipped(own, len(troubles) - len(own))


def _sees_figures(actor: Actor) -> bool:
    """Figures of the indexes count all organisations and move with what each of them keeps to itself."""
    return _may_roll_back(actor)


def _may_roll_back(actor: Actor) -> bool:
    """The model serves everybody: only the operators of the body that runs the system change it by hand."""
    organisation = ORGANISATIONS.get(actor.organisation)
    shared = organisation is not None and organisation.kind is OrganisationKind.SHARED_BODY
    return shared and may(actor, Action.INDEX_MANAGE)


def _require_roll_back(actor: Actor) -> None:
    require(actor, Action.INDEX_MANAGE)
    if not _may_roll_back(actor):
        raise Forbidden(
            Text(
                "モデルはすべての団体が使っているため、戻せるのは共同化実行組織の運用担当だけです。"
                "検索の具合が悪いときは、共同化実行組織に連絡してください。",
                "Everybody uses the model, so only operators of the shared body go back. Tell them what is wrong.",
            )
        )
