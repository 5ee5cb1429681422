"""Gets Redis 8 and Valkey 8 from Debian 13 into .venv/debian13, whatever Debian this is.

    python tests/support/debian13.py

apt fetches the packages from where this machine gets its own, and checks Debian's signatures; nothing is installed.
The servers are started with the loader and libraries that come with them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".venv" / "debian13"
SERVERS = ("redis-server", "valkey-server")
PACKAGES = (
    "redis-server", "redis-tools", "valkey-server", "valkey-tools",
    "libatomic1", "libc6", "libcap2", "libgcc-s1", "libjemalloc2", "liblzf1", "libssl3t64", "libstdc++6", "libsystemd0",
    "libzstd1", "zlib1g",
)  # fmt: skip
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def main() -> int:
    """Fetch and unpack, once; say in a sentence what is missing."""
    if all((FOLDER / server).exists() for server in SERVERS):
        return 0
    if not shutil.which("apt-get") or not Path(KEYRING).exists():
        print("Redis 8 and Valkey 8 for the tests come from Debian 13; this needs a machine with apt-get.")
        return 1
    print("Getting Redis 8 and Valkey 8 of Debian 13 for the tests …", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    packages = FOLDER / "packages"
    packages.mkdir(parents=True)
    try:
        apt = _private_apt(FOLDER / "apt")
        subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*apt, "download", *PACKAGES], check=True, stdout=subprocess.DEVNULL, cwd=packages)
        for package in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package, FOLDER / "root"], check=True)
    except (subprocess.CalledProcessError, StopIteration):
        print("Redis 8 and Valkey 8 could not be fetched. The lines above say why.")
        return 1
    for server in SERVERS:
        _write_starter(server)
    shutil.rmtree(packages)
    shutil.rmtree(FOLDER / "apt")
    return 0


def _private_apt(folder: Path) -> list[str]:
    """apt-get with lists and sources of its own, so that this machine's stay as they are."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    mirror = next(iter(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))
    (folder / "lists").mkdir(parents=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {mirror} trixie main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder,
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "",
    }
    return ["apt-get", "-qq", *(part for name, value in options.items() for part in ("-o", f"{name}={value}"))]


def _write_starter(server: str) -> None:
    loader = next((FOLDER / "root").glob("usr/lib/*/ld-linux-*.so.*"))
    starter = FOLDER / server
    program = FOLDER / "root" / "usr" / "bin" / server
    starter.write_text(f'#!/bin/sh\nexec "{loader}" --library-path "{loader.parent}" "{program}" "$@"\n')
    starter.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
