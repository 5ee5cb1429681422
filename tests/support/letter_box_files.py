"""Files in which sealed texts reach the organizers, as mail programs, messengers and people make them.

Each shape takes the two texts of one envelope and gives the files that arrive, by name.
"""

from __future__ import annotations

import html
import json
import zipfile
from base64 import encodebytes
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage, Message
from email.policy import SMTP
from io import BytesIO

Shape = Callable[[Sequence[str]], Mapping[str, bytes]]

GREETING = "Добры дзень! Вось мой подпіс."


def mail(body: str = GREETING, charset: str = "utf-8", transfer: str = "8bit") -> EmailMessage:
    """A mail with the headers that every mail has."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Імя <a@example.org>", "letter@example.org"
    made["Date"], made["Subject"] = "Fri, 20 Nov 2026 15:03:00 +0300", "подпіс"
    made.set_content(body, charset=charset, cte=transfer)
    return made


def whole(texts: Sequence[str]) -> str:
    """The file form, as the signing file saves it."""
    return "\n".join(texts)


def mailbox(*mails: Message) -> bytes:
    """One file of many mails, as mail programs export them."""
    return b"".join(
        b"From - Fri Nov 20 15:03:00 2026\n" + one.as_bytes().replace(b"\r\n", b"\n") + b"\n" for one in mails
    )


def packed(files: Mapping[str, bytes]) -> bytes:
    """A .zip."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def saved_file(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"envelope.txt": whole(texts).encode()}


def a_file_each(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {f"{number}.txt": text.encode() for number, text in enumerate(texts, start=1)}


def a_mail_each(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {f"{number}.eml": mail(text).as_bytes() for number, text in enumerate(texts, start=1)}


def plain_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"plain.eml": mail(GREETING + "\n" + whole(texts)).as_bytes()}


def quoted_printable_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"qp.eml": mail(GREETING + "\n" + whole(texts), transfer="quoted-printable").as_bytes()}


def base64_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"b64.eml": mail(GREETING + "\n" + whole(texts), transfer="base64").as_bytes()}


def windows_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    """Typography and no-break spaces in an old encoding."""
    body = (GREETING.replace("і", "i") + "\n" + whole(texts)).replace("--", "–").replace(" ", "\u00a0")
    return {"cp1251.eml": mail(body, "windows-1251", "base64").as_bytes()}


def wide_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    made = Message()
    made["From"], made["To"], made["MIME-Version"] = "a@example.org", "letter@example.org", "1.0"
    made["Content-Type"], made["Content-Transfer-Encoding"] = "text/plain; charset=utf-16", "base64"
    made.set_payload(encodebytes(whole(texts).replace("\n", "\r\n").encode("utf-16")).decode())
    return {"utf16.eml": made.as_bytes()}


def html_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    """Two forms of one text, of which people see the second."""
    made = mail(GREETING)
    lines = "<br>".join(html.escape(line) for line in whole(texts).split("\n"))
    made.add_alternative(f"<html><body><div>{GREETING}</div><div>{lines}</div></body></html>", subtype="html")
    return {"html.eml": made.as_bytes()}


def attached_file(texts: Sequence[str]) -> Mapping[str, bytes]:
    made = mail()
    made.add_attachment(whole(texts), filename="envelope.txt")
    return {"attached.eml": made.as_bytes()}


def attached_bytes(texts: Sequence[str]) -> Mapping[str, bytes]:
    made = mail()
    made.add_attachment(whole(texts).encode(), "application", "octet-stream", filename="канверт.bin")
    return {"bytes.eml": made.as_bytes()}


def passed_on(texts: Sequence[str]) -> Mapping[str, bytes]:
    """A mail in a mail in a mail."""
    made = mail(whole(texts), transfer="base64")
    for _ in range(3):
        outer = mail()
        outer.add_attachment(made)
        made = outer
    return {"fwd.eml": made.as_bytes()}


def answered(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"re.eml": mail("\n".join("> > " + line for line in whole(texts).split("\n"))).as_bytes()}


def apples_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    content = mail(whole(texts), transfer="quoted-printable").as_bytes()
    return {"1.emlx": f"{len(content)}\n".encode() + content + b'<?xml version="1.0"?><plist></plist>'}


def mbox(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"Inbox": mailbox(mail(), mail(texts[0], transfer="base64"), mail(), mail(texts[1]))}


def telegram_json(texts: Sequence[str]) -> Mapping[str, bytes]:
    """With one command in it, as Telegram takes “/abc” for one, and everything said twice."""
    messages = []
    for number, text in enumerate(texts):
        at = text.index("\n") + 20
        pieces = [text[:at], {"type": "bot_command", "text": text[at : at + 7]}, text[at + 7 :]]
        entities = [piece if isinstance(piece, dict) else {"type": "plain", "text": piece} for piece in pieces]
        messages.append({"id": number, "from": "Імя", "text": pieces, "text_entities": entities})
    data = {"name": "Zvarot", "messages": [{"id": 9, "text": GREETING, "text_entities": []}, *messages]}
    return {"result.json": json.dumps(data, indent=1).encode()}


def telegram_html(texts: Sequence[str]) -> Mapping[str, bytes]:
    head = '<div class="from_name">Імя</div><div class="pull_right date" title="20.11.2026 15:03:04">15:03</div>'
    said = ["<br>".join(html.escape(line) for line in text.strip().splitlines()) for text in texts]
    made = "".join(f'<div class="message">{head}<div class="text">{text}</div></div>' for text in said)
    return {"messages.html": f"<!DOCTYPE html><html><body>{made}</body></html>".encode()}


def cut_by_telegram(texts: Sequence[str]) -> Mapping[str, bytes]:
    """Both texts sent as one, which Telegram cut in the middle of the second."""
    text = whole(texts)
    messages = [{"id": at, "date": "2026-11-20T15:03:00", "text": text[at : at + 4096]} for at in (0, 4096)]
    return {"cut.json": json.dumps({"messages": messages}, ensure_ascii=False).encode()}


def whatsapp(texts: Sequence[str]) -> Mapping[str, bytes]:
    chat = "".join(f"[20.11.26, 15:0{at}:11] \u202aІмя\u202c: {text}" for at, text in enumerate(texts))
    return {"_chat.txt": ("\u200e[20.11.26, 15:00:00] Імя: Прывітанне\r\n" + chat.replace("\n", "\r\n")).encode()}


def whatsapp_zip(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"WhatsApp Chat.zip": packed({"00001-PHOTO.jpg": b"\xff\xd8" * 999, **whatsapp(texts)})}


def signal_lines(texts: Sequence[str]) -> Mapping[str, bytes]:
    """One JSON object for each line."""
    lines = [json.dumps({"chatItem": {"standardMessage": {"text": {"body": text}}}}) for text in (GREETING, *texts)]
    return {"main.jsonl": "\n".join(lines).encode()}


def phone_backup(texts: Sequence[str]) -> Mapping[str, bytes]:
    """SMS as Android's backup programs write them."""
    inside = "".join(
        f'<sms address="+375" body="{html.escape(text).replace(chr(10), "&#10;")}" read="1" />' for text in texts
    )
    return {"sms.xml": f'<?xml version="1.0"?><smses>{inside}</smses>'.encode()}


def word_file(texts: Sequence[str]) -> Mapping[str, bytes]:
    """Paragraphs, some of them in pieces, as the check of spelling leaves them."""
    pieces = "".join(
        f'<w:p><w:r><w:t>{html.escape(line[:9])}</w:t></w:r><w:proofErr w:type="spellStart"/><w:r>'
        f'<w:t xml:space="preserve">{html.escape(line[9:])}</w:t></w:r></w:p>'
        for line in whole(texts).replace("--", "–").split("\n")
    )
    return {"zvarot.docx": packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": pieces.encode()})}


def rich_text(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"a.rtf": ("{\\rtf1\\ansi " + whole(texts).replace("\n", "\\par\n") + "}").encode()}


def wide_text(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"notepad.txt": whole(texts).replace("\n", "\r\n").encode("utf-16")}


def wide_text_unmarked(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {"be.txt": (GREETING + whole(texts)).encode("utf-16-be")}


def windows_text(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {
        "1251.txt": (GREETING.replace("і", "и") + "\u00a0–\n" + whole(texts).replace(" ", "\u00a0")).encode("cp1251")
    }


def in_a_file_of_outlook(texts: Sequence[str]) -> Mapping[str, bytes]:
    """Another kind of file altogether, in which the text stands somewhere in UTF-16."""
    return {
        "mail.msg": b"\xd0\xcf\x11\xe0"
        + bytes(range(256)) * 9
        + b"\0"
        + whole(texts).encode("utf-16-le")
        + b"\xff" * 99
    }


def in_folders(texts: Sequence[str]) -> Mapping[str, bytes]:
    return {f"a/{'b/' * 20}envelope.txt": whole(texts).encode()}


def mail_in_a_zip_in_a_mail(texts: Sequence[str]) -> Mapping[str, bytes]:
    made = mail()
    made.add_attachment(packed(attached_file(texts)), "application", "zip", filename="mails.zip")
    return {"zip.eml": made.as_bytes()}


SHAPES: tuple[Shape, ...] = (
    saved_file, a_file_each, a_mail_each, plain_mail, quoted_printable_mail, base64_mail, windows_mail, wide_mail,
    html_mail, attached_file, attached_bytes, passed_on, answered, apples_mail, mbox, telegram_json, telegram_html,
    cut_by_telegram, whatsapp, whatsapp_zip, signal_lines, phone_backup, word_file, rich_text, wide_text,
    wide_text_unmarked, windows_text, in_a_file_of_outlook, in_folders, mail_in_a_zip_in_a_mail,
)  # fmt: skip
