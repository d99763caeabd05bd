"""Sample users of three wards and the shared body, for the demonstration only. They have no password:
the log-in page of a demonstration lets them in by one click, and nothing else does."""

from dataclasses import dataclass

from kernel.clock import Clock
from kernel.identity import repository
from kernel.identity.models import Role, User
from kernel.ids import new_id
from kernel.records import UnitOfWork


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample user."""

    login: str
    name: str
    organisation: str
    roles: frozenset[Role]


_WRITES = frozenset({Role.CONTRIBUTOR})
_REVIEWS = frozenset({Role.REVIEWER})
_KEEPS = frozenset({Role.ADMINISTRATOR, Role.REVIEWER, Role.OPERATOR, Role.AUDITOR})

SAMPLES = (
    Sample("chiyoda-tanto", "千代田 はな（サンプル）", "131016", _WRITES),
    Sample("chiyoda-kakunin", "千代田 まこと（サンプル）", "131016", _REVIEWS),
    Sample("chiyoda-kanri", "千代田 さとる（サンプル）", "131016", _KEEPS),
    Sample("shinjuku-tanto", "新宿 あおい（サンプル）", "131041", _WRITES),
    Sample("shinjuku-kakunin", "新宿 けん（サンプル）", "131041", _REVIEWS),
    Sample("shinjuku-kanri", "新宿 みどり（サンプル）", "131041", _KEEPS),
    Sample("setagaya-tanto", "世田谷 ゆう（サンプル）", "131121", _WRITES),
    Sample("setagaya-kakunin", "世田谷 りん（サンプル）", "131121", _REVIEWS),
    Sample("setagaya-kanri", "世田谷 たかし（サンプル）", "131121", _KEEPS),
    Sample("kyodo-tanto", "共同 あゆむ（サンプル）", "shared", _WRITES),
    Sample("kyodo-unyo", "共同 つばさ（サンプル）", "shared", frozenset({Role.OPERATOR, Role.REVIEWER})),
    Sample("kyodo-kanri", "共同 のぞみ（サンプル）", "shared", _KEEPS),
)
SAMPLE_LOGINS = frozenset(sample.login for sample in SAMPLES)


def ensure_samples(work: UnitOfWork, clock: Clock) -> int:
    """Adds the sample users that are missing; the number added."""
    added = 0
    for sample in SAMPLES:
        if repository.user_by_login(work, sample.login) is None:
            user = User(new_id(), sample.login, sample.name, sample.organisation, sample.roles)
            repository.add_user(work, user, None, clock.now())
            added += 1
    return added
