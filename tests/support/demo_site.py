"""`./run` in a folder of its own, and the organizers' side of the circle, for tests and pictures."""

from __future__ import annotations

import json
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import demo
from organizer.keys.generate import NewKeys, make_keys
from organizer.keys.keyfile import DEMO
from organizer.workspace.folder import make_workspace
from tests.support.paths import ROOT
from tests.support.service_process import free_port, wait_until_it_answers

PASSPHRASE = "a passphrase for trials"


@dataclass(frozen=True)
class Trial:
    """A running `./run` and what it printed for whoever tries it."""

    url: str
    data: Path
    token: str
    workspace: str
    passphrase: str
    process: subprocess.Popen[str]
    said: str

    def get(self, path: str) -> bytes:
        request = Request(self.url + path, headers={"Authorization": f"Bearer {self.token}"})
        with urlopen(request, timeout=20) as answer:
            return bytes(answer.read())

    def organizer(self, *arguments: str) -> Any:
        passphrase = self.data / "demo" / "passphrase.txt"
        secret = ["--passphrase-file", str(passphrase)] if arguments[0] != "verify" else []
        command = [sys.executable, "run", "organizer", "-w", self.workspace, "--json", *arguments, *secret]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@cache
def cheap_keys(appeal_id: str) -> NewKeys:
    """What `organizer keygen --demo` makes of an appeal, in this process."""
    return make_keys(bytes.fromhex(appeal_id), demo.SIGNER, PASSPHRASE, secrets.token_bytes, profile=DEMO)


def prepare(data: Path, appeal_id: str) -> Path:
    """What the first `./run` of an appeal makes, with cheap_keys; the next one goes on from it. Returns `data`."""
    folder, token = data / "demo", secrets.token_hex(20)
    folder.mkdir(parents=True)
    demo.write_secret(folder / "passphrase.txt", PASSPHRASE)
    demo.write_secret(folder / "desk-token.txt", token)
    make_workspace(str(folder / "organizers"), cheap_keys(appeal_id).files)
    demo.write_settings(folder, data, appeal_id, token)
    return data


@contextmanager
def trial(data: Path, *options: str) -> Iterator[Trial]:
    """`./run` in a folder of its own, until Ctrl-C."""
    port = free_port()
    command = [sys.executable, "run", "--port", str(port), "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "Stop with Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"./run ended early:\n{said}"
            said += line
        found = dict(
            re.findall(r"^  (The page|The desk token|The organizers' folder|Their passphrase): +(.+)$", said, re.M)
        )
        url = found["The page"].rstrip("/")
        wait_until_it_answers(process, port)
        values = (found["The desk token"], found["The organizers' folder"], found["Their passphrase"])
        try:
            yield Trial(url, data, *values, process, said)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def publication_request(files: dict[str, list[Path]]) -> tuple[bytes, str]:
    """multipart/form-data, as curl -F sends it."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'.encode()
        + path.read_bytes()
        + b"\r\n"
        for name, paths in files.items()
        for path in paths
    ]
    return b"".join(parts) + b"--x--\r\n", "multipart/form-data; boundary=x"


def hand_in(trial: Trial, folder: Path) -> int:
    """The organizers' files to the desk."""
    files = {"publication": [folder / "publication.json"], "minisig": sorted(folder.glob("*.minisig"))}
    body, content_type = publication_request(files)
    headers = {"Authorization": f"Bearer {trial.token}", "Content-Type": content_type}
    request = Request(f"{trial.url}/publication", data=body, headers=headers, method="POST")
    with urlopen(request, timeout=20) as answer:
        return int(answer.status)


def publish(trial: Trial, folder: Path) -> Any:
    """Ledger out, opened, reviewed, counted, signed, handed in."""
    folder.mkdir()
    (folder / "ledger.undersigned").write_bytes(trial.get("/ledger"))
    (folder / "appeal.json").write_bytes(trial.get("/appeal.json"))
    trial.organizer("open", str(folder / "ledger.undersigned"), "--appeal", str(folder / "appeal.json"))
    trial.organizer("review", "--accept-all", "--include-similar")
    result = trial.organizer("publish", "--yes", "--fewer", "--out", str(folder / "out"))
    assert hand_in(trial, folder / "out") == 201
    return result
