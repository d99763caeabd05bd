"""Actors of three organisations, as the services receive them."""

from kernel.identity.models import Actor, Role

CHIYODA, CHUO, MINATO = "131016", "131024", "131032"


def actor(organisation: str = CHIYODA, *roles: Role, name: str = "担当") -> Actor:
    """A person with these roles; reviewer and contributor when none is named."""
    chosen = frozenset(roles or (Role.CONTRIBUTOR, Role.REVIEWER))
    return Actor(
        user_id=f"{organisation}-{'-'.join(sorted(chosen))}"[:32],
        name=name,
        organisation=organisation,
        roles=chosen,
    )
