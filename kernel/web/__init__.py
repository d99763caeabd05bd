"""The web house: layout, look, languages, log-in, errors, and what every router is built with."""

from kernel.web.building import build_web
from kernel.web.problems import problem_responses
from kernel.web.web import Web

__all__ = ["Web", "build_web", "problem_responses"]
