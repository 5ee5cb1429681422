"""The error class of the offline tool: its text says what went wrong and what a person can do about it."""

from __future__ import annotations

from typing import Any

from crypto.errors import UndersignedError


class OrganizerError(UndersignedError):
    """A command cannot do its work. The text is one or two calm sentences; `details` go into --json output only.

    Reasons: no-workspace, workspace-exists, workspace-busy, workspace-damaged, no-appeal, appeal-key, appeal-signer,
    appeal-letter, no-file, not-text, key-file-damaged, key-file-limits, passphrase, passphrase-short, memory,
    signer-name, appeal-id, question, stopped, csv-header, csv-lines, public-unclear, no-minisig, hand-over,
    table-kind, table-damaged, table-large, table-sheet, table-columns,
    replace, previous, file-exists, letter-folder, xlsx-rows, file, usage, reason, nobody, worker;
    workspace-format, no-key, days, number, folder, threshold, appeal-toml, fingerprint;
    share-plan, share-word, share-length, share-checksum, share-set, share-twice, share-few, share-key, restore-rows;
    signed-another, counts-differ; burn-not-yet, burn-period; disk-full, export-format, export-language;
    vouch-word, vouch-note, vouch-number, decisions-file, decisions-key, nothing, not-kept, unanswered,
    passphrase-again, ledger-name, fewer-than-collected; files-many, text-part-1, text-part-2, text-parts, text-older,
    text-none, text-large, text-much, text-many, text-packed, text-mail, text-ledger, text-full, file-link, file-kind,
    file-unread.
    """

    def __init__(self, reason: str, text: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(reason, text)
        self.details = details or {}
