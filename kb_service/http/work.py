"""Background work, the indexes and organisations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from kb_service.http import links
from kb_service.http.bank import Bank
from kb_service.http.parameters import JobId
from kb_service.schemas.jobs import IndexOut, JobOut, OrganisationOut
from kernel.errors import not_found
from kernel.identity.models import Actor, OrganisationKind
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, may, require
from kernel.jobs import Job, JobState
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses

REINDEX, ADAPT = "kb.reindex", "kb.adapt"  # jobs of kb_service.tasks


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(tags=["work and members"])

    @router.get(
        "/jobs",
        summary="Recent background work",
        responses={200: {"links": links.OF_JOBS}, **problem_responses(401, 403, 422)},
    )
    def list_jobs(
        state: Annotated[list[JobState], Query(max_length=4)] = [],  # noqa: B006  FastAPI copies defaults
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[JobOut]:
        """Of your organisation; operators and administrators see the system's own too. Newest first."""
        require(actor, Action.ENTRY_READ)
        found = bank.jobs.recent(work, limit, state or None, organisations=_organisations(actor))
        return [_shown(job, actor) for job in found]

    @router.get(
        "/jobs/{job_id}", summary="One piece of work", responses=problem_responses(401, 403, 404, 422)
    )
    def get_job(
        job_id: JobId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> JobOut:
        """Its state and progress."""
        require(actor, Action.ENTRY_READ)
        found = bank.jobs.get(work, job_id)
        if found is None or found.organisation not in _organisations(actor):
            raise not_found("処理", "The job")
        return _shown(found, actor)

    @router.get("/index", summary="How the indexes stand", responses=problem_responses(401, 403))
    def get_index(actor: Actor = Depends(web.api_actor)) -> IndexOut:
        """For operators: whether they serve and what is wrong. Operators of the shared body also get figures."""
        require(actor, Action.OPERATIONS_READ)
        return IndexOut.of(bank.indexing.status(), with_figures=_of_shared_body(actor))

    @router.post(
        "/index/reindex",
        summary="Rebuild the indexes",
        status_code=202,
        response_model=JobOut,
        responses=problem_responses(401, 403, 409, 422),
    )
    def start_reindex(
        request: Request,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """For operators. Searching goes on meanwhile; asked for twice, it is done once."""
        sent = fingerprint("POST", request.url.path)
        return once(
            work, web.clock, actor, key=key, request=sent, answer=lambda: _asked(bank, actor, work, REINDEX)
        )

    @router.post(
        "/index/adapt",
        summary="Let the text vectors learn from the bank",
        status_code=202,
        response_model=JobOut,
        responses=problem_responses(401, 403, 409, 422),
    )
    def start_adaptation(
        request: Request,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """For operators. What was learnt is used only when it is better on held-out texts."""
        sent = fingerprint("POST", request.url.path)
        return once(
            work, web.clock, actor, key=key, request=sent, answer=lambda: _asked(bank, actor, work, ADAPT)
        )

    @router.get("/organisations", summary="Members", responses=problem_responses(401))
    def list_organisations(_actor: Actor = Depends(web.api_actor)) -> list[OrganisationOut]:
        """The 23 wards, Tokyo and the shared body."""
        return [OrganisationOut.of(one) for one in ORGANISATIONS.values()]

    return router


def _asked(bank: Bank, actor: Actor, work: UnitOfWork, name: str) -> Response:
    """The job of this name that is open, or a new one."""
    require(actor, Action.INDEX_MANAGE)
    identifier = bank.jobs.enqueue(work, name, {}, key="one")
    job = bank.jobs.get(work, identifier)
    assert job is not None, "it was enqueued in this unit of work"
    body = _shown(job, actor).model_dump(mode="json")
    return JSONResponse(body, 202, {"Location": f"/api/v1/jobs/{identifier}"})


def _shown(job: Job, actor: Actor) -> JobOut:
    """Work of the system itself tells its numbers to the shared body alone."""
    shown = JobOut.of(job)
    return shown if job.organisation or _of_shared_body(actor) else shown.as_share()


def _of_shared_body(actor: Actor) -> bool:
    return ORGANISATIONS[actor.organisation].kind is OrganisationKind.SHARED_BODY


def _organisations(actor: Actor) -> tuple[str, ...]:
    """Whose work is shown: the own organisation's, and to those who watch the system its own."""
    return (actor.organisation, "") if may(actor, Action.OPERATIONS_READ) else (actor.organisation,)
