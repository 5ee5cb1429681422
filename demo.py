"""The trial of `./run`: prepares keys, appeal and settings on one machine, so that anyone can try the whole circle.

It is used when an appeal has no keys yet. It makes a key with the organizers' tool, a copy of the appeal that names the
key and is marked DEMO, and settings for the service. Never use it for a real appeal: the secret is on the server.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import secrets
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

SIGNER = "demo"


def main() -> int:
    """Prepare the trial, if the appeal needs one, and say how to go on."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--appeal", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    folder: Path = chosen.data / "demo"
    try:
        source = (chosen.appeal / "appeal.toml").read_text("utf-8")
        appeal = tomllib.loads(source)
    except (OSError, ValueError) as error:
        print(f"The appeal in {chosen.appeal} cannot be read: {error}", file=sys.stderr)
        return 2
    if appeal.get("keys"):
        print(
            f"The appeal in {chosen.appeal} has keys of its own, so this is no trial. Name a settings file in "
            "UNDERSIGNED_SETTINGS, or set UNDERSIGNED_... variables; README.md lists all settings.",
            file=sys.stderr,
        )
        return 2
    appeal_id = str(appeal.get("id", ""))
    try:
        return prepare(chosen, folder, appeal_id, source)
    except OSError as error:
        print(f"The trial in {folder} cannot be made: {error.strerror or error}.", file=sys.stderr)
        return 2


def prepare(chosen: argparse.Namespace, folder: Path, appeal_id: str, source: str) -> int:
    """Make the trial in the folder or go on with it; the exit code. Raises OSError."""
    if not (folder / "settings.toml").exists() and not make_trial(folder, chosen.data, appeal_id):
        return 2
    if (folder / "appeal-id.txt").read_text("utf-8") != appeal_id:
        print(f"The trial in {folder} was made for another appeal. Name another folder with --data.", file=sys.stderr)
        return 2
    copy_appeal(chosen.appeal, source, folder)
    explain(folder, chosen.port)
    return 0


def make_trial(folder: Path, data: Path, appeal_id: str) -> bool:
    """Make secrets, keys and settings of the trial, once; return whether this worked."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    passphrase = "-".join(secrets.token_hex(2) for _ in range(6))
    token = secrets.token_hex(20)
    write_secret(folder / "passphrase.txt", passphrase)
    write_secret(folder / "desk-token.txt", token)
    print("Making a trial key …", flush=True)
    keygen = ["keygen", "--demo", "--signer", SIGNER, "--appeal-id", appeal_id]
    organizer = [sys.executable, "-m", "organizer", "--workspace", str(folder / "organizers"), "--json"]
    passphrase_file = ["--passphrase-file", str(folder / "passphrase.txt")]
    made = subprocess.run([*organizer, *keygen, *passphrase_file], check=False, stdout=subprocess.PIPE)
    if made.returncode:
        print(json.loads(made.stdout)["text"], file=sys.stderr)
        return False
    write_settings(folder, data, appeal_id, token)
    return True


def write_settings(folder: Path, data: Path, appeal_id: str, token: str) -> None:
    """Write the settings. They are made last: a trial that has them is complete."""
    (folder / "appeal-id.txt").write_text(appeal_id, "utf-8")
    settings = {
        "appeal": str(folder / "appeal"),
        "data": str(data),
        "desk_token_sha256": hashlib.sha256(token.encode("ascii")).hexdigest(),
    }
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    (folder / "settings.toml").write_text(text, "utf-8")


def copy_appeal(source_folder: Path, source: str, folder: Path) -> None:
    """Copy the appeal as it is now, with the trial key and the mark of a trial."""
    target = folder / "appeal"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source_folder, target)
    keys = (folder / "organizers" / "appeal-keys.toml").read_text("utf-8")
    (target / "appeal.toml").write_text(f"demo = true\n{source}\n{keys}", "utf-8")


def explain(folder: Path, port: int) -> None:
    """Print what a person needs in order to play both sides."""
    token = (folder / "desk-token.txt").read_text("ascii").strip()
    passphrase = (folder / "passphrase.txt").read_text("ascii").strip()
    desk = folder / "desk"
    desk.mkdir(exist_ok=True)
    tool = shlex.join([str(Path(__file__).resolve().parent / "run"), "organizer", "-w", str(folder / "organizers")])
    print(f"""
DEMO: this appeal has no key of its own yet, so a trial key is used. Do not collect real signatures with it.

  The page:                 http://127.0.0.1:{port}/
  The desk token:           {token}
  The organizers' folder:   {folder / "organizers"}
  Their passphrase:         {passphrase}

For the organizers' side, these lines go into a second terminal, in whatever folder:

cd {shlex.quote(str(desk))}
SITE=http://127.0.0.1:{port}
TOKEN={token}
LETTER={shlex.quote(str(folder / "appeal"))}
alias organizer={shlex.quote(tool)}

Stop with Ctrl-C.
""")


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.touch(mode=0o600)
    path.write_text(text + "\n", "ascii")


if __name__ == "__main__":
    sys.exit(main())
