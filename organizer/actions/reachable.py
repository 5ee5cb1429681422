"""Whether the world would read how somebody is reached: a telephone number beside a public name, by mistake mostly."""

from __future__ import annotations

from crypto.publication import Publication, PublishedSignature, line
from crypto.signature import Signature
from organizer.actions.plan import Notice
from organizer.matching.signs import reachable_by

SHOWN = 5
"""Names that are told; the others are only counted, for all names are shown above."""


def reachable(signature: Signature) -> tuple[Notice, ...]:
    """Whether this signature, once it is published, says how to reach somebody."""
    kinds = reachable_by(PublishedSignature.of(signature).texts()) if signature.public else ()
    text = "Note: a {kind} stands in what would be published of this person."
    return tuple(Notice("reachable", text, {"kind": kind}) for kind in kinds)


def reachable_people(publication: Publication) -> tuple[Notice, ...]:
    """Whether some of the public names do, and whose."""
    found = [(shown, kinds) for shown in publication.signatures if (kinds := reachable_by(shown.texts()))]
    if not found:
        return ()
    text = "Of so many people the world will read how to reach somebody: {people:,}. Ask whether they meant that."
    told = [Notice("reachable", text, {"people": len(found)})]
    for shown, kinds in found[:SHOWN]:
        values = {"kinds": ", ".join(kinds), "person": line(shown)}
        told.append(Notice("reachable-person", "  {kinds}: {person}", values))
    return tuple(told)
