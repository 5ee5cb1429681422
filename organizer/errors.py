"""The offline tool's one error: what went wrong, and what the person at the keyboard can do about it."""

from __future__ import annotations

from typing import Any

from crypto.errors import UndersignedError


class OrganizerError(UndersignedError):
    """Its text is one calm sentence or two that say what to do; `details` go into --json output only.

    Reasons: no-workspace, workspace-exists, workspace-busy, workspace-damaged, no-appeal, appeal-key, appeal-signer,
    appeal-letter, no-file, not-text, key-file-damaged, key-file-limits, passphrase, passphrase-short, memory,
    signer-name, appeal-id, question, stopped, csv-header, csv-lines, public-unclear, no-minisig, hand-over,
    replace, previous, file-exists, letter-folder, xlsx-rows, file, usage, reason, nobody, worker;
    workspace-format, no-key, days, number, folder, threshold, appeal-toml, fingerprint;
    share-plan, share-word, share-length, share-checksum, share-set, share-twice, share-few, share-key, restore-rows;
    signed-another, counts-differ; burn-not-yet, burn-period; disk-full; passphrase-again, unanswered;
    export-format, export-language;
    vouch-word, vouch-note, vouch-number, decisions-file, decisions-key, nothing, not-kept.
    """

    def __init__(self, reason: str, text: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(reason, text)
        self.details = details or {}
