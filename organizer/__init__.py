"""The offline tool: organizers make keys, open envelopes, review, count and publish.

Nothing in this folder talks to a network or knows the service. Only workspace/ touches the disk, and only
cli/terminal/terminal.py prints.
"""

VERSION = "0.1.0"
"""The same as in pyproject.toml, which the tool in one file does not have."""

RELEASED = "2026-12-01"
"""The day on which these sources were made, YYYY-MM-DD: a clock that says an earlier one is wrong.

Each version moves it.
"""
