"""Passwords: argon2id, and the rules for a new one."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import Invalid, Problem, Text

SHORTEST = 10
LONGEST = 200

# From the head of public lists of leaked passwords, with the words people build on when asked for ten
# characters. Compared after lower-casing and without trailing digits and signs.
_COMMON_WORDS = """password passw0rd p@ssw0rd p@ssword pass word qwerty qwertyuiop asdfghjkl zxcvbnm iloveyou admin
    administrator welcome letmein sunshine princess football baseball dragon monkey master shadow superman
    trustno passwordpassword qwertyqwerty abcdefghij abcdefg abcabcabc aaaaaaaaaa changeme changeit default
    secret secretsecret testtest testtesttest sample samplesample computer internet nihongo sakura
    sakurasakura tokyo tokyotokyo japan japanjapan kuyakusho tokubetsuku chienowa pasuwado pasuwaado
    himitsu arigatou konnichiwa ohayou ichinisan doraemon pokemon naruto onepiece qazwsxedc qazwsx
    1qaz2wsx 1q2w3e4r 1q2w3e4r5t q1w2e3r4 zaq12wsx asdfasdf qweasdzxc qweqweqwe loginlogin guest"""
COMMON = frozenset(_COMMON_WORDS.split())
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class Passwords:
    """Hashes and verifies. Cost after the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane,
    some 30 ms, so that eight people logging in at once need 152 MiB."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(_folded(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """False for a wrong password. Takes the same time when there is nobody (`stored` None)."""
        try:
            matched = self._hasher.verify(stored or self._nobody, _folded(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return matched and stored is not None


def check_new(password: str, login: str) -> None:
    """Raises Invalid, with a problem at "password", when a new password breaks a rule."""
    text = _weakness(_folded(password), login.lower())
    if text is not None:
        raise Invalid(text, (Problem("password", text),))


def _weakness(password: str, login: str) -> Text | None:
    lowered = password.lower()
    if len(password) < SHORTEST:
        return Text(
            f"パスワードが短すぎます。{SHORTEST}文字以上にしてください。",
            f"The password is too short. Use at least {SHORTEST} characters.",
        )
    if len(password) > LONGEST or "\x00" in password:
        return Text(
            f"このパスワードは使えません。{LONGEST}文字以下の、入力できる文字だけにしてください。",
            f"This password cannot be used. Use at most {LONGEST} characters that can be typed.",
        )
    if login and (login in lowered or lowered in login):
        return Text(
            "パスワードにログイン名が含まれています。別の文字列にしてください。",
            "The password contains the login name. Choose another one.",
        )
    core = lowered.rstrip("0123456789!?.,#$%&*@-_+=")
    if core in COMMON or lowered in COMMON or len(set(lowered)) < 4 or _is_row(lowered):
        return Text(
            "よく使われる、推測されやすいパスワードです。関係のない単語をいくつか並べるなど、別の文字列にしてください。",
            "This password is common and easily guessed. Choose another, for example several unrelated words.",
        )
    return None


def _is_row(text: str) -> bool:
    return any(text in row * 2 or text in row[::-1] * 2 for row in _ROWS)


def _folded(password: str) -> str:
    """NFKC, so that full-width and half-width typing of one password agree. Unpaired surrogates, which
    no keyboard sends, become question marks."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
