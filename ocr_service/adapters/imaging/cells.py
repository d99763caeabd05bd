"""Writing in boxes for single characters."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.ink import Ink, bounds
from ocr_service.adapters.imaging.lines import shares_of
from ocr_service.adapters.imaging.patches import Labels, Mask, Patch, Rect
from ocr_service.ports.page_reading import Pixels

_PAPER = 250
_ROOM_MM = 0.5
_BLANK_MM2 = 0.25
_STRAY = 0.5  # a stroke belongs to the cell that holds that share of it


@dataclass(frozen=True, slots=True)
class Cell:
    """The box of one character: what is written there with a little paper around it, and how much ink in mm².
    `place`: the box itself on the crop."""

    picture: Pixels
    blank: bool
    amount: float
    place: Rect


def cells(picture: Pixels, patch: Patch, ink: Ink, count: int) -> list[Cell]:
    """`picture` (see cleaned) cut into `count` boxes of equal width from the left. A stroke that reaches over
    into its neighbour's box stays with its own character."""
    field = patch.field
    edges = np.linspace(field.left, field.right, count + 1)
    owners = _owners(ink.dark, edges)
    found = []
    for number in range(count):
        place = Rect(round(edges[number]), field.top, round(edges[number + 1]), field.bottom)
        own: Mask = np.where(owners == number, ink.dark, 0).astype(np.uint8)
        amount = cv2.countNonZero(own) / patch.scale**2
        found.append(Cell(_alone(picture, own, ink.dark, place, patch), amount < _BLANK_MM2, amount, place))
    return found


def in_a_row(written: Sequence[Cell], gap: float = 0.22) -> Pixels | None:
    """The cells that are written in, set side by side as one line; `gap` in parts of the line's height.
    None when all are blank."""
    pictures = [cell.picture for cell in written if not cell.blank]
    if not pictures:
        return None
    height = max(picture.shape[0] for picture in pictures)
    room = np.full((height, max(1, round(gap * height)), 3), _PAPER, np.uint8)
    parts: list[Labels] = [room]
    for picture in pictures:
        above = (height - picture.shape[0]) // 2
        parts += [
            cv2.copyMakeBorder(
                picture,
                above,
                height - picture.shape[0] - above,
                0,
                0,
                cv2.BORDER_CONSTANT,
                value=(_PAPER, _PAPER, _PAPER),
            ),
            room,
        ]
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def _owners(dark: Mask, edges: Labels) -> Labels:
    """For each pixel the number of its cell, strokes kept whole where one cell holds the greater part."""
    height, width = dark.shape
    column = np.clip(np.searchsorted(edges, np.arange(width) + 0.5) - 1, 0, len(edges) - 2)
    owners = np.broadcast_to(column, (height, width))
    count, labels = cv2.connectedComponents(dark, connectivity=8, ltype=cv2.CV_32S)
    shares = shares_of(labels, owners, count, len(edges) - 1)
    whole = shares.max(axis=1) > _STRAY * shares.sum(axis=1)
    # what runs through three cells is a stroke through all of them, no character
    whole &= np.count_nonzero(shares > 0.15 * shares.sum(axis=1, keepdims=True), axis=1) < 3
    whole[0] = False
    owned: Labels = np.where(whole[labels], shares.argmax(axis=1)[labels], owners)
    return owned


def _alone(picture: Pixels, own: Mask, dark: Mask, place: Rect, patch: Patch) -> Pixels:
    height, width = dark.shape
    tight = bounds(own)
    room = patch.pixels(_ROOM_MM)
    at = (tight or place).grown(room if tight else -room, height, width)
    part: Pixels = picture[at.slices].copy()
    others = cv2.bitwise_and(dark[at.slices], cv2.bitwise_not(own[at.slices]))
    if cv2.countNonZero(others):
        reach = np.ones((3, 3), np.uint8)
        near = cv2.bitwise_and(cv2.dilate(others, reach), cv2.bitwise_not(cv2.dilate(own[at.slices], reach)))
        part[near > 0] = _PAPER
    return part
