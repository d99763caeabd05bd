"""The one-time code that proves who makes the first administrator: it is printed where the server runs."""

import logging
from dataclasses import dataclass, field

from kernel.identity.secrets import new_code, new_secret, normalised_code, same

log = logging.getLogger("chienowa")


class SetupCode:
    """Lives as long as the process; a restart prints a new one."""

    def __init__(self) -> None:
        self._code = new_code()

    def announce(self, address: str) -> None:
        """Prints the code and the page to open."""
        log.warning("No user yet. Open %s and type this one-time code: %s", address, self._code)

    def fits(self, typed: str) -> bool:
        return same(normalised_code(typed), self._code)

    @property
    def code(self) -> str:
        """For the terminal that started the server."""
        return self._code


@dataclass(frozen=True)
class Shared:
    """What all processes of one server must have in common, and nobody else may know."""

    setup_code: SetupCode = field(default_factory=SetupCode)
    notice_key: str = field(default_factory=new_secret, repr=False)
