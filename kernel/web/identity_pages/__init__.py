"""Pages about who is asking: log in, set up, my account, users, audit, the API's guide."""

from fastapi import APIRouter

from kernel.identity.service import Accounts
from kernel.web.identity_pages import account, api_guide, audit, language, login, setup, users
from kernel.web.web import Web


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    """All of them."""
    router = APIRouter(include_in_schema=False)
    for part in (login, setup, language, account, users, audit, api_guide):
        router.include_router(part.build_router(web, accounts))
    return router
