"""What a count of wrong answers proves."""

from math import exp, log

AIM, LIMIT = 1e-7, 2e-6
"""Error rates of VVSG 1.0 (2005), volume II, appendix C: to be shown, and to be ruled out."""

RISK = 0.05
"""Of calling a bad machine good, and of calling a good one bad."""


def upper_bound(wrong: int, fields: int) -> float:
    """Bound the rate of wrong answers from above with 95 % confidence.

    Exact one-sided Clopper-Pearson bound, found by halving; for no wrong answer
    it is 1 - 0.05 ** (1 / fields), about 3 / fields. Only valid if the number of
    fields was decided before; `sequential_verdict` may be looked at any time.
    """
    if fields == 0:
        return 1.0
    low, high = wrong / fields, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, fields, middle) > RISK else (low, middle)
    return high


def _at_most(wrong: int, fields: int, rate: float) -> float:
    """Probability of at most `wrong` of `fields` at a given rate."""
    if rate >= 1.0:
        return 0.0
    term = exp(fields * log(1 - rate))
    total = term
    for count in range(1, wrong + 1):
        term *= (fields - count + 1) / count * rate / (1 - rate)
        total += term
    return total


def sequential_verdict(wrong: int, fields: int) -> str:
    """Say what Wald's sequential test makes of `wrong` among `fields`.

    With no error it accepts from 1,549,704 fields on, and every error asks for
    1,576,701 more; it rejects if an error comes before field 26,997.
    """
    step = log(LIMIT / AIM) - log((1 - LIMIT) / (1 - AIM))
    slope = -log((1 - LIMIT) / (1 - AIM))
    accept_from = (wrong * step - log(RISK / (1 - RISK))) / slope
    reject_until = (wrong * step - log((1 - RISK) / RISK)) / slope
    if fields >= accept_from:
        return "accepted"
    if fields <= reject_until:
        return f"rejected: {wrong} wrong within {fields} fields"
    return f"goes on: {accept_from - fields:,.0f} more fields without an error would accept"
