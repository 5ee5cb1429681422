"""The public folder of a ceremony: what the site needs to know of the keys, ready for the service's config/appeal/.

Nothing in it is secret: whoever gets this folder learns nothing that the site hides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from crypto.keys import AppealId
from crypto.letter import APPEAL_TOML
from crypto.minisign import MinisignPublicKey
from crypto.toml import TomlError, parse
from organizer.errors import OrganizerError
from organizer.keys.generate import check_appeal_id, write_tables, write_toml
from organizer.keys.periods import Period

_TABLE = re.compile(r"^\s*\[", re.MULTILINE)


@dataclass(frozen=True)
class PublicKeys:
    """What a ceremony publishes: keys of periods, minisign keys by organizers' names, how many must sign."""

    periods: Sequence[Period]
    signers: Mapping[str, MinisignPublicKey]
    threshold: int

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= len(self.signers):
            text = (
                f"At least one organizer must sign a result, and not more than the {len(self.signers)} that are listed."
            )
            raise OrganizerError("threshold", text)
        for (one, key), (two, other) in combinations(self.signers.items(), 2):
            if key.shares_secret(other):
                text = (
                    f"{one} and {two} gave one minisign key under two key ids. Each organizer needs a key of their own."
                )
                raise OrganizerError("signer-key", text)


def appeal_id_in(toml: str) -> AppealId | None:
    """The id that an appeal.toml names already, or None. Raises OrganizerError: appeal-toml, appeal-id."""
    named = _read(toml).get("id")
    return None if named is None else check_appeal_id(str(named))


def fill_appeal(toml: str, keys: PublicKeys) -> str:
    """An appeal.toml with these keys added to what stands there. Raises OrganizerError: appeal-toml, appeal-key.

    Keys that are listed there already are not listed twice; `id` and `threshold` at its top are set.
    """
    before = _read(toml)
    appeal_id = keys.periods[0].record.appeal_id
    if appeal_id_in(toml) not in (None, appeal_id):
        raise OrganizerError("appeal-key", "This appeal.toml is of another appeal: its id is another one.")
    for name, line in signers_in(toml).items():
        if name in keys.signers and keys.signers[name].line != line:
            raise OrganizerError("signer-name", f"The appeal.toml lists another minisign key under the name {name}.")
    listed = {str(entry.get("record")) for entry in _tables(before, "keys")}
    pinned = {str(entry.get("key")) for entry in _tables(before, "minisign")}
    periods = [period for period in keys.periods if period.record_text not in listed]
    signers = {name: key for name, key in keys.signers.items() if key.line not in pinned}
    start = _TABLE.search(toml)
    top, rest = (toml[: start.start()], toml[start.start() :]) if start else (toml, "")
    top = _set(top, "id", f'"{appeal_id.hex()}"')
    top = _set(top, "threshold", str(keys.threshold))
    filled = f"{top}{rest.rstrip()}\n{write_tables(periods, signers)}"
    wanted = {**_without_keys(before), "id": appeal_id.hex(), "threshold": keys.threshold}
    if _without_keys(_read(filled)) != wanted:
        text = "This appeal.toml is written in a way that this tool cannot add to. Add the lines by hand."
        raise OrganizerError("appeal-toml", text)
    return filled


def public_files(keys: PublicKeys, appeal: Mapping[str, bytes]) -> dict[str, bytes]:
    """The public folder by file name. `appeal` is the site's own folder, or empty when it is not at hand.

    Raises OrganizerError: appeal-toml, appeal-key, not-text.
    """
    digits = "".join(f"{period.record.digits}   {period.days}\n" for period in keys.periods)
    digits += f"\nappeal id {keys.periods[0].record.appeal_id.hex()}\n"
    files = dict(appeal)
    if APPEAL_TOML in appeal:
        files[APPEAL_TOML] = fill_appeal(_text(appeal[APPEAL_TOML]), keys).encode()
    else:
        files["appeal-keys.toml"] = write_toml(keys.periods, dict(keys.signers), keys.threshold).encode()
    files["fingerprints.txt"] = digits.encode("ascii")
    for name, key in keys.signers.items():
        files[f"minisign-{name}.pub"] = key.file.encode("ascii")
    return files


def signers_in(toml: str) -> dict[str, str]:
    """Names and minisign lines that an appeal.toml lists already."""
    return {str(entry.get("signer")): str(entry.get("key")) for entry in _tables(_read(toml), "minisign")}


def threshold_in(toml: str) -> int:
    """How many must sign, as an appeal.toml says; 0 when it does not."""
    found = _read(toml).get("threshold")
    return found if type(found) is int else 0


def records_in(toml: str) -> list[str]:
    """The key records that an appeal.toml lists already, in base64."""
    return [str(entry.get("record")) for entry in _tables(_read(toml), "keys")]


def _read(toml: str) -> dict[str, object]:
    try:
        return parse(toml.encode("utf-8"))
    except TomlError as error:
        raise OrganizerError("appeal-toml", f"The appeal.toml cannot be read: {error}.") from error


def _without_keys(toml: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in toml.items() if name not in {"keys", "minisign"}}


def _tables(toml: Mapping[str, object], name: str) -> list[dict[str, object]]:
    entries = toml.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise OrganizerError("appeal-toml", f"In the appeal.toml, “{name}” must be written as [[{name}]].")
    return entries


def _set(top: str, name: str, value: str) -> str:
    line = f"{name} = {value}"
    changed, count = re.subn(rf"^[ \t]*{name}[ \t]*=.*$", line, top, flags=re.MULTILINE)
    return changed if count else f"{line}\n{top}"


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrganizerError("not-text", "The appeal.toml is not text in UTF-8.") from error
