"""What each command does, from its options to its last sentence: one module per command, each with one `run`.

They know the order of steps and the words. They must never compute what a module above can compute, nor print by
themselves. `run` returns the object that --json prints: counts and public facts, never a person's name.
"""

from __future__ import annotations

from typing import Any

Result = dict[str, Any]
