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
from ocr_service.pages.documents import add_document_pages
from ocr_service.pages.exports import add_export_pages, add_export_profiles
from ocr_service.pages.pages import add_page_pages
from ocr_service.pages.pages_actions import add_page_actions
from ocr_service.pages.policies import add_policy_pages
from ocr_service.pages.templates import add_template_pages
from ocr_service.pages.templates_actions import add_template_actions
from ocr_service.pages.templates_editor import add_template_editor
from ocr_service.pages.templates_new import add_new_template_pages
from ocr_service.pages.templates_proposals import add_template_proposals
from ocr_service.pages.templates_trial import add_template_trials
from ocr_service.pages.verification import add_verification_pages

UPLOADS = (
    r"/forms/new",
    r"/forms/read",
    r"/forms/[^/]+/files",
    r"/forms/templates/(new|import)",
    r"/forms/templates/[^/]+/try",
)  # paths that take files


def build_router(forms: Forms, web: Web) -> APIRouter:
    """All pages. Fixed addresses are added before /forms/{id}, which would take them otherwise."""
    router, desk = APIRouter(include_in_schema=False), Desk(forms, web)
    add_new_batch_pages(router, desk)
    add_policy_pages(router, desk)
    add_new_template_pages(router, desk)
    add_template_editor(router, desk)
    add_template_proposals(router, desk)
    add_template_trials(router, desk)
    add_template_actions(router, desk)
    add_template_pages(router, desk)
    add_verification_pages(router, desk)
    add_export_profiles(router, desk)
    add_document_pages(router, desk)
    # addresses below a batch
    add_live_progress(router, desk)
    add_file_pages(router, desk)
    add_result_pages(router, desk)
    add_export_pages(router, desk)
    add_page_actions(router, desk)
    add_page_pages(router, desk)
    add_batch_actions(router, desk)
    add_batch_pages(router, desk)
    return router
