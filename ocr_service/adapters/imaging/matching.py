"""Which page of which form a scanned page is, and where on it everything lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging import coarse
from ocr_service.adapters.imaging.agreement import NOTHING, Agreement, agreement
from ocr_service.adapters.imaging.features import (
    MM,
    SCALE,
    Lines,
    Matrix,
    grey_at_scale,
    lines_of,
    millimetres,
    seen,
    turned,
    turning,
)
from ocr_service.adapters.imaging.layouts import FormLayout, layout_of
from ocr_service.adapters.imaging.mesh import Mesh, Sightings
from ocr_service.adapters.imaging.refining import View, laid_flat, refined
from ocr_service.adapters.imaging.registration import Registration, scale_of
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.adapters.imaging.uprighting import is_empty_ink, skew_of_ink, straightening
from ocr_service.models.forms import FormPage
from ocr_service.models.readings import Match, PageOutcome
from ocr_service.ports.form_reading import KnownForm
from ocr_service.ports.page_reading import Pixels

_ALIKE = 0.8  # of the best place's likeness: all that come so near are compared with each other
_WORTH = 0.6  # the others are looked at only when none of these fits
_TRIED = 4  # places that are looked at closely
_TRIED_AGAIN = 2
_LEAST_LIKE = 0.6  # pages of a known form have 1.0 and more
_KNOWN = 0.5
_RATIOS = (1.0,)
_OTHER_RATIOS = (0.86, 0.93, 1.07, 1.14)  # smaller and larger copies, resolutions that are not true


@dataclass(frozen=True, slots=True)
class Placed:
    """What a page is. `pixels`: the sheet after clockwise quarter turns of `turn` degrees, otherwise
    untouched; `skew` in degrees. The rest is None for a page that is EMPTY or UNKNOWN."""

    outcome: PageOutcome
    pixels: Pixels
    turn: int
    skew: float
    known: KnownForm | None = None
    page: FormPage | None = None
    match: Match | None = None
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A form laid over a page, with how well it agrees. `base` maps millimetres to the page's darkness."""

    form: FormLayout
    turns: int
    base: Matrix
    mesh: Mesh
    seen: Sightings
    agreement: Agreement


class KnownPages:
    """The pages of all forms that may turn up. About 40 ms a page to make; keep it for a whole run."""

    def __init__(self, forms: Sequence[KnownForm]) -> None:
        """Raises UnreadableScan when a template's own picture is broken."""
        self._layouts = [layout_of(known, page) for known in forms for page in known.form.pages]

    def place(self, sheet: Sheet, template_id: str = "", template_page: int = 0) -> Placed:
        """`template_id` "" = any form; otherwise that one is taken as given, and page `template_page` of it
        (0 = the one that fits best), and only where it cannot be laid over at all the page is UNKNOWN."""
        view = _View(sheet)
        if is_empty_ink(view.grey, view.dark):
            return Placed(PageOutcome.EMPTY, sheet.pixels, 0, view.skew)
        wanted = [
            index
            for index, form in enumerate(self._layouts)
            if template_id in ("", form.known.template_id) and template_page in (0, form.page.number)
        ]
        best = self._best(view, wanted)
        if best is None or not (best.agreement.score >= _KNOWN or (template_id and best.agreement.is_near)):
            return Placed(PageOutcome.UNKNOWN, sheet.pixels, 0, view.skew)
        return view.placed(best)

    def _best(self, view: "_View", wanted: Sequence[int]) -> Fit | None:
        best: Fit | None = None
        for ratios, tried in ((_RATIOS, _TRIED), (_OTHER_RATIOS, _TRIED_AGAIN)):
            guesses = self._guesses(view, wanted, ratios)
            for guess in guesses[:tried]:
                known = best is not None and best.agreement.score >= _KNOWN
                if guess.score < max(_LEAST_LIKE, (_ALIKE if known else _WORTH) * guesses[0].score):
                    break
                fit = view.fit(self._layouts[guess.index], guess)
                if best is None or fit.agreement.quality > best.agreement.quality:
                    best = fit
            if best is not None and best.agreement.is_near:
                break  # known, or nearly: it is there, whatever is wrong with it
        return best

    def _guesses(self, view: "_View", wanted: Sequence[int], ratios: Sequence[float]) -> list[coarse.Guess]:
        """The most likely ones first: all are looked at roughly, the best of these finely."""
        rough = sorted(
            (
                (
                    coarse.likeness(view.rough(turns, ratio), self._layouts[index].rough)[0],
                    index,
                    turns,
                    ratio,
                )
                for ratio in ratios
                for turns in range(4)
                for index in wanted
            ),
            reverse=True,
        )
        found = []
        for _, index, turns, ratio in rough[: 2 * _TRIED]:
            score, across, down = coarse.likeness(view.spectrum(turns, ratio), self._layouts[index].spectrum)
            found.append(coarse.Guess(score, index, turns, across, down, ratio))
        return sorted(found, key=lambda guess: -guess.score)


class _View:
    """One page as it is looked at: darkness at SCALE, straightened for the coarse search only."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.grey, self._to_dark = grey_at_scale(sheet.pixels, sheet.dpi / MM)
        self.dark, self._tells = seen(self.grey)
        self._whole = View(self.dark, self._tells)
        self._half = self._whole.halved()
        self.skew = skew_of_ink(self.dark)
        height, width = self.dark.shape
        self._straightening, self._size = straightening(self.skew, width, height)
        straight = cv2.warpAffine(self.dark, self._straightening[:2], self._size, flags=cv2.INTER_LINEAR)
        self._straight = np.asarray(straight, np.uint8)
        self._lines: Lines = lines_of(self._straight)
        self._layout = coarse.layout(self._straight, self._lines)
        self._spectra: dict[tuple[int, float], coarse.Spectrum] = {}
        self._rough: dict[tuple[int, float], coarse.Spectrum] = {}
        self._profiles: dict[int, tuple[coarse.Profile, coarse.Profile]] = {}

    def spectrum(self, turns: int, ratio: float) -> coarse.Spectrum:
        key = (turns, ratio)
        if key not in self._spectra:
            self._spectra[key] = coarse.spectrum(coarse.turned_layout(self._layout, turns), ratio)
        return self._spectra[key]

    def rough(self, turns: int, ratio: float) -> coarse.Spectrum:
        key = (turns, ratio)
        if key not in self._rough:
            self._rough[key] = coarse.roughened(self.spectrum(turns, ratio))
        return self._rough[key]

    def fit(self, form: FormLayout, guess: coarse.Guess) -> Fit:
        """The form laid over the page from there. About 60 ms."""
        if guess.turns not in self._profiles:
            self._profiles[guess.turns] = coarse.profiles(
                turned(self._straight, guess.turns), self._lines.turned(guess.turns)
            )
        rough = coarse.fitted(self._profiles[guess.turns], form.profiles, guess)
        to_turned = turning(guess.turns, *self._size) @ self._straightening
        base = np.linalg.inv(to_turned) @ rough @ millimetres(SCALE)
        mesh, sightings = refined(self._whole, self._half, form, base)
        if not len(sightings.places):
            return Fit(form, guess.turns, base, mesh, sightings, NOTHING)
        flat = laid_flat(self.dark, base, mesh, SCALE, 0)
        inside = laid_flat(self._tells, base, mesh, SCALE, 0)
        found = agreement(flat, inside, form)
        return Fit(form, guess.turns, base, mesh, sightings, found)

    def placed(self, fit: Fit) -> Placed:
        """In the words of the full picture."""
        height, width = self._sheet.pixels.shape[:2]
        to_page = turning(fit.turns, width, height) @ np.linalg.inv(self._to_dark)
        base = to_page @ fit.base
        pixels = np.ascontiguousarray(np.rot90(self._sheet.pixels, -fit.turns))
        page, known = fit.form.page, fit.form.known
        registration = Registration(
            base,
            fit.mesh,
            fit.seen,
            fit.form.picture,
            fit.form.px_per_mm,
            (pixels.shape[1], pixels.shape[0]),
            scale_of(base, page.width, page.height),
        )
        match = Match(
            known.template_id,
            known.version,
            page.number,
            round(fit.agreement.score, 4),
            round(registration.residual_mm, 3),
        )
        return Placed(
            PageOutcome.MATCHED, pixels, fit.turns * 90, self.skew, known, page, match, registration
        )
