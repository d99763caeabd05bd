"""Pages of the reading of forms."""

from fastapi import APIRouter

from kernel.web import Web
from ocr_service.pages.batches import add_batch_pages
from ocr_service.pages.batches_actions import add_batch_actions
from ocr_service.pages.batches_files import add_file_pages
from ocr_service.pages.batches_live import add_live_progress
from ocr_service.pages.batches_new import add_new_batch_pages
from ocr_service.pages.batches_results import add_result_pages
from ocr_service.pages.desk import Desk, Forms
from ocr_service.pages.pages import add_page_pages
from ocr_service.pages.pages_actions import add_page_actions
from ocr_service.pages.policies import add_policy_pages

UPLOADS = (r"/forms/new", r"/forms/[^/]+/files")  # paths that take files


def build_router(forms: Forms, web: Web) -> APIRouter:
    """All pages. Fixed addresses are added before /forms/{id}, which would take them otherwise."""
    router, desk = APIRouter(include_in_schema=False), Desk(forms, web)
    add_new_batch_pages(router, desk)
    add_policy_pages(router, desk)
    # addresses below a batch
    add_live_progress(router, desk)
    add_file_pages(router, desk)
    add_result_pages(router, desk)
    add_page_actions(router, desk)
    add_page_pages(router, desk)
    add_batch_actions(router, desk)
    add_batch_pages(router, desk)
    return router
