"""Rate limits that remember no address: requests are counted (counters.py) under names (client_keys.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, request
from limits import RateLimitItem, parse_many

from service.limits.client_keys import ClientKeys
from service.limits.counters import Counters
from service.limits.windows import Hit, Limit
from service.problems import STANDARD, Problem, Refused


@dataclass(frozen=True)
class RateLimits:
    """How many requests are allowed in which times, such as "60/minute;600/hour": all of them must hold."""

    items: tuple[RateLimitItem, ...]

    @classmethod
    def parse(cls, text: str) -> RateLimits:
        """From the notation of `limits`. Raises ValueError with a sentence that goes on after the name of a setting."""
        try:
            return cls(tuple(parse_many(text)))
        except ValueError as error:
            raise ValueError("must be limits such as 60/minute;600/hour.") from error

    def under(self, scope: str) -> list[Limit]:
        """What is counted for them."""
        return [Limit(scope, item.amount, item.get_expiry()) for item in self.items]

    def __str__(self) -> str:
        return ";".join(str(item) for item in self.items)


def rate_limit(
    counters: Counters, keys: ClientKeys, scope: str, limits: RateLimits, refusal: Problem = STANDARD[429]
) -> Callable[[str | None], None]:
    """A function that counts a request from an address, and raises Refused, with `refusal`, when it is one too many.

    Requests are counted under `scope`, for each client by itself: nobody can use up what others need, so this may
    stand before everything else. No header tells anyone a count.
    """
    counted = limits.under(scope)

    def check(address: str | None) -> None:
        key = keys.key(address)
        if not counters.hit(*(Hit(limit, key) for limit in counted)):
            raise Refused(refusal)

    return check


def limit_blueprint(app: Flask, blueprint: Blueprint, check: Callable[[str | None], None]) -> None:
    """Count every request to a registered blueprint before anything else is done: guessing a token is limited, too."""
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, lambda: check(request.remote_addr))
