"""What people write for yes and no: in seven languages, as spreadsheets write truth, and in the page's own words.

Whether these words mean that here, a person is asked once for each table. Any other word means nothing by itself.
"""

from __future__ import annotations

from crypto.cleaning import clean

TEMPLATE = {"yes": True, "no": False}
"""The words that the empty table asks for: they need no question."""

_PAGE = {
    True: ("Publicly", "Публічна", "Публично", "Публічно", "Publicznie", "Viešai", "Öffentlich",
           "Sign publicly", "Падпісаць публічна", "Подписать публично", "Підписати публічно", "Podpisuję publicznie",
           "Pasirašyti viešai", "Öffentlich unterschreiben"),
    False: ("Non-publicly", "Непублічна", "Непублично", "Непублічно", "Niepublicznie", "Neviešai", "Nicht öffentlich",
            "Sign non-publicly", "Падпісаць непублічна", "Подписать непублично", "Підписати непублічно",
            "Podpisuję niepublicznie", "Pasirašyti neviešai", "Nicht öffentlich unterschreiben"),
}  # fmt: skip
_COMMON = {
    True: ("yes", "y", "true", "1", "да", "так", "tak", "taip", "ja", "истина", "ісціна", "праўда", "істина", "prawda",
           "tiesa", "wahr"),
    False: ("no", "n", "false", "0", "нет", "не", "ні", "nie", "ne", "nein", "ложь", "хлусня", "хибність", "fałsz",
            "netiesa", "falsch"),
}  # fmt: skip


def word_key(text: str) -> str:
    """Equal for answers that are taken for the same."""
    return clean(text).casefold().rstrip(".!")


KNOWN = {word_key(word): truth for words in (_COMMON, _PAGE) for truth in words for word in words[truth]}
"""Every word that is proposed as a yes or a no, by word_key."""
