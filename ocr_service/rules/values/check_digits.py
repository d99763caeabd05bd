"""Check digits of My Number and of corporate numbers, by the published formulas."""


def my_number_check_digit(base: str) -> int:
    """Of eleven digits. Ministry of Internal Affairs ordinance 85 of 2014 (平成26年総務省令第85号), article 5:
    11 − (Σ Pn × Qn mod 11), 0 where the remainder is 0 or 1; Pn the nth digit from the right, Qn = n + 1 for
    n ≤ 6 and n − 5 for n ≥ 7."""
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(base), start=1)
    )
    remainder = total % 11
    return 0 if remainder <= 1 else 11 - remainder


def corporate_check_digit(base: str) -> int:
    """Of twelve digits; it stands in front of them. Ministry of Finance ordinance 70 of 2014
    (平成26年財務省令第70号), article 2: 9 − (Σ Pn × Qn mod 9); Pn the nth digit from the right, Qn = 1 for odd
    and 2 for even n."""
    total = sum(int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(base), start=1))
    return 9 - total % 9


def is_my_number(value: str) -> bool:
    """Twelve ASCII digits with the right check digit."""
    return _digits(value, 12) and my_number_check_digit(value[:11]) == int(value[11])


def is_corporate_number(value: str) -> bool:
    """Thirteen ASCII digits with the right check digit."""
    return _digits(value, 13) and corporate_check_digit(value[1:]) == int(value[0])


def _digits(value: str, length: int) -> bool:
    return len(value) == length and value.isascii() and value.isdigit()
