"""What a count of wrong answers proves."""

from math import exp, lgamma, log, log1p

AIM, LIMIT = 1e-7, 2e-6
"""Error rates of VVSG 1.0 (2005), volume II, appendix C: to be shown, and to be ruled out."""

RISK = 0.05
"""Of calling a bad machine good, and of calling a good one bad."""

_HALVINGS = 60
"""After these the bound is as exact as a floating-point number can be."""


def upper_bound(wrong: int, fields: int) -> float:
    """Bound the rate of wrong answers from above with 95 % confidence.

    Exact one-sided Clopper-Pearson bound, found by halving; for no wrong answer
    it is 1 - 0.05 ** (1 / fields), about 3 / fields. Only valid if the number of
    fields was decided before; `sequential_verdict` may be looked at any time.
    """
    if wrong >= fields:
        return 1.0
    low, high = wrong / fields, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, fields, middle) > RISK else (low, middle)
    return high


def _at_most(wrong: int, fields: int, rate: float) -> float:
    """Probability of at most `wrong` of `fields` at a given rate.

    Each term is taken from its logarithm: the first ones may be too small for a number.
    """
    if rate >= 1.0:
        return 0.0
    hit, miss = log(rate), log1p(-rate)
    ways = lgamma(fields + 1)
    return sum(
        exp(ways - lgamma(k + 1) - lgamma(fields - k + 1) + k * hit + (fields - k) * miss)
        for k in range(wrong + 1)
    )


def fields_needed(bound: float, wrong: int = 0) -> int:
    """Return how many fields to check so that `wrong` errors still prove the bound.

    Parameters
    ----------
    bound : float
        The rate of wrong answers to be ruled out, between 0 and 1.
    wrong : int
        How many wrong answers the sample may hold.
    """
    low, high = wrong, wrong + 1
    while upper_bound(wrong, high) > bound:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if upper_bound(wrong, middle) > bound else (low, middle)
    return high


def sequential_limits(wrong: int, aim: float = AIM, limit: float = LIMIT) -> tuple[float, float]:
    """Return until where Wald's sequential test rejects, and from where it accepts.

    Parameters
    ----------
    wrong : int
        Wrong answers so far.
    aim, limit : float
        Error rates to be shown and to be ruled out.

    Returns
    -------
    tuple of float
        Numbers of fields; the first may be negative: it cannot reject yet.
    """
    slope = log1p(-aim) - log1p(-limit)
    step = log(limit / aim) + slope
    odds = log((1 - RISK) / RISK)
    return (wrong * step - odds) / slope, (wrong * step + odds) / slope


def sequential_verdict(wrong: int, fields: int, aim: float = AIM, limit: float = LIMIT) -> str:
    """Say what Wald's sequential test makes of `wrong` among `fields`.

    With the rates of the voting standard and no error it accepts from 1,549,704
    fields on, and every error asks for 1,576,701 more; it rejects if an error
    comes before field 26,997.
    """
    reject_until, accept_from = sequential_limits(wrong, aim, limit)
    if fields >= accept_from:
        return "accepted"
    if fields <= reject_until:
        return f"rejected: {wrong} wrong within {fields} fields"
    return f"goes on: {accept_from - fields:,.0f} more fields without an error would accept"
