"""Pages of the knowledge bank."""

from fastapi import APIRouter

from kb_service.pages.attachments import add_attachment_changes, add_attachment_pages
from kb_service.pages.desk import Bank, Desk
from kb_service.pages.editing import add_editing_pages
from kb_service.pages.entry import add_entry_pages
from kb_service.pages.history import add_history_pages
from kb_service.pages.lists import add_list_pages
from kb_service.pages.pickers import add_pickers
from kb_service.pages.search import add_search_pages
from kernel.web import Web

UPLOADS = (r"/knowledge/[^/]+/attachments",)  # paths that take files


def build_router(bank: Bank, web: Web) -> APIRouter:
    """All pages. Fixed addresses are added before /knowledge/{id}, which would take them otherwise."""
    router, desk = APIRouter(include_in_schema=False), Desk(bank, web)
    add_search_pages(router, desk)
    add_list_pages(router, desk)
    add_editing_pages(router, desk)
    add_pickers(router, desk)
    add_attachment_pages(router, desk)
    add_attachment_changes(router, desk)
    add_history_pages(router, desk)
    add_entry_pages(router, desk)
    return router
