"""`organizer publish`: show what the world will see, then write and sign it."""

from __future__ import annotations

from crypto.minisign import MinisignPublicKey
from crypto.publication import Publication, digest
from organizer import publish
from organizer.commands import Result
from organizer.commands.status import count, counts_result, say_doubts
from organizer.errors import OrganizerError
from organizer.session import Session, check_listed, need_appeal, open_minisign, open_session
from organizer.talk import Talk
from organizer.tally import Tally
from organizer.workspace import PUBLICATION_FILE, hand_over


def run(
    talk: Talk,
    folder: str,
    date: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    yes: bool,
    out: str | None,
) -> Result:
    """`date` is YYYY-MM-DD. Raises OrganizerError: no-appeal, appeal-signer, stopped, …"""
    with open_session(talk, folder, passphrase_file, appeal_file) as session:
        appeal = need_appeal(session.appeal)
        check_listed(appeal, _public_minisign(session))
        found = count(session)
        ledgers, place = session.records.ledgers(), _place(session)
        publication = publish.make_publication(found, appeal, session.records.keys(), ledgers, place, date)
        _preview(talk, publication, found)
        if not yes and not talk.confirm("Sign and write this publication?"):
            raise OrganizerError("stopped", "Nothing was published.")
        talk.say("Signing. This takes some seconds.")
        minisign = open_minisign(session)
        check_listed(appeal, minisign.public)
        data, minisig = publish.sign_publication(publication, minisign)
        signer = (session.workspace.read("signer.txt") or b"organizer").decode("ascii").strip()
        files = {PUBLICATION_FILE: data, publish.minisig_name(signer): minisig.encode("utf-8")}
        written = session.workspace.write_publication(publication.number, files)
    if out is not None:
        _hand_over(out, written, files)
    _say_written(talk, out or written, list(files), appeal.threshold)
    return {
        "number": publication.number,
        "date": date,
        "digest": digest(data),
        "total": publication.total,
        "folder": written,
        "files": list(files),
        **counts_result(found),
    }


def _hand_over(out: str, written: str, files: dict[str, bytes]) -> None:
    try:
        hand_over(out, files)
    except OSError as error:
        # To publish again would take the next number, and the one that was never seen would be missing for ever.
        text = f"It is signed, but could not be copied to {out}. Do not publish again; copy the files from {written}."
        raise OrganizerError("hand-over", text) from error


def _public_minisign(session: Session) -> MinisignPublicKey:
    lines = (session.workspace.read("minisign.pub") or b"").decode("ascii", "replace").splitlines()
    return MinisignPublicKey.parse(lines[-1].strip() if lines else "")


def _place(session: Session) -> publish.Place:
    numbers = session.workspace.publications()
    return publish.place_after(session.workspace.read_publication(numbers[-1]) if numbers else None)


def _preview(talk: Talk, publication: Publication, found: Tally) -> None:
    talk.say(f"Publication number {publication.number}, {publication.date}. This is what the world will see.")
    talk.say()
    talk.say(f"Signatures in all: {publication.total:,}", "bold")
    talk.table(_rows(publication))
    talk.say()
    talk.say("The public names:" if publication.signatures else "There are no public names.")
    for shown in publication.signatures:
        talk.say(f"  {'; '.join(part for part in (shown.name, shown.relation, shown.prisoner) if part)}")
    talk.say()
    if found.undecided or found.held:
        text = f"Not counted, because nobody decided yet: {found.undecided:,} undecided and {found.held:,} held."
        talk.say(text, "bold")
    say_doubts(talk, found)


def _rows(publication: Publication) -> list[tuple[str, str]]:
    counts, by_hand = publication.counts, publication.by_hand
    return [
        ("public", f"{counts.public:,}  (by hand: {by_hand.public:,})"),
        ("not public", f"{counts.nonpublic:,}  (by hand: {by_hand.nonpublic:,})"),
        ("envelopes received", f"{counts.received:,}"),
        ("unreadable", f"{counts.unreadable:,}"),
        ("duplicates", f"{counts.duplicates:,}"),
        ("rejected", f"{counts.rejected:,}"),
        ("withdrawn", f"{counts.withdrawn:,}"),
    ]


def _say_written(talk: Talk, folder: str, files: list[str], threshold: int) -> None:
    talk.say(f"Written and signed. Hand over these files from {folder}:")
    for name in files:
        talk.say(f"  {name}")
    if threshold > 1:
        talk.say(f"Readers ask for {threshold} organizers. The others sign the same file with their own minisign key:")
        talk.say_exactly("  minisign -S -s minisign.key -m publication.json -x publication.json.NAME.minisig")
