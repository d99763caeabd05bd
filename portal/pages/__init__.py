"""Pages above the services: home, help, how things are running."""

from fastapi import APIRouter

from kb_service.wiring import Bank
from kernel.web import Web
from ocr_service.wiring import Forms
from portal.pages.home import add_home_pages
from portal.pages.operations import add_operations_pages


def build_router(bank: Bank, forms: Forms, web: Web) -> APIRouter:
    """All pages of the portal."""
    router = APIRouter(include_in_schema=False)
    add_home_pages(router, bank, forms, web)
    add_operations_pages(router, bank, web)
    return router
