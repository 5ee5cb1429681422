"""The letter's page on a slow line and an old phone, held to what was promised; ./run bench page prints the figures."""

from __future__ import annotations

import pytest

from bench.page import measure
from tests.support.service_process import Served


@pytest.mark.long
def test_an_old_phone_on_a_slow_line_is_not_kept_waiting(site: Served) -> None:
    """One response; readable and ready soon after it; sealed at once; and what Lighthouse thinks of it."""
    found = measure(f"{site.url}/be/", rounds=3)
    print(found)
    assert (found["requests"], found["accessibility"]) == (1, 100)
    assert found["performance"] >= 98
    # 400 kbit/s, 400 ms there and back: beyond the 1.2 s that the bytes take, half as much for everything else.
    assert found["letter_ms"] <= found["form_ms"] <= 2_200
    # Processor slowed six times, no compiler. The least, because what else the machine does can only add to it.
    assert found["seal_jitless_least_ms"] <= 180
