"""The offline tool: organizers make keys, open envelopes, review, count and publish.

Nothing in this folder talks to a network or knows the service; only workspace/ touches the disk, only talk.py prints.
"""

VERSION = "0.1.0"
"""As in pyproject.toml, which does not come along on a stick."""
