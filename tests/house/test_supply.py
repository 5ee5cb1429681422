"""What is shipped and installed is listed, with its licence, and no secret is among the sources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest

from bundle.start import LEFT_OUT
from tests.support.paths import ROOT


def pinned(name: str) -> set[str]:
    """The packages of a requirements file."""
    return set(re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / name).read_text("utf-8")))


def licences(text: str) -> dict[str, str]:
    """What THIRD-PARTY.md says of each package: its name as in a lock file, and what stands in brackets behind it."""
    found = re.findall(r"([A-Za-z_][\w .-]*?) \(([A-Z][^)]*)\)", text)
    return {name.lower().replace("_", "-").replace(" ", "-"): said for name, said in found}


@pytest.mark.slow  # every source and every package is gone through
def test_the_lists_for_machines_name_every_package(tmp_path: Path) -> None:
    """CycloneDX: all that service and bundle have pinned, and all of npm that is in sign.js, with its notice."""
    subprocess.run(
        [sys.executable, "run", "sbom", "--out", str(tmp_path)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    for name, lock in (("python", "requirements.txt"), ("organizer", "requirements-organizer.txt")):
        listed = json.loads((tmp_path / f"{name}.cdx.json").read_text("utf-8"))
        assert listed["bomFormat"] == "CycloneDX"
        assert {component["name"].lower() for component in listed["components"]} == pinned(lock)
    javascript = json.loads((tmp_path / "javascript.cdx.json").read_text("utf-8"))
    found = {f"{component.get('group', '')}/{component['name']}".strip("/") for component in javascript["components"]}
    names = {name.split("/")[-1] for name in found}
    assert names == {"ciphers", "curves", "ed25519", "hashes", "post-quantum"}
    script = (ROOT / "service" / "static" / "sign.js").read_text("utf-8")
    assert [name for name in names if f"noble-{name} - MIT License (c)" not in script] == []


def test_every_package_that_runs_is_named_with_its_licence() -> None:
    """THIRD-PARTY.md, for people: what is installed, and what is in the one file; nothing that is gone."""
    installed, in_one_file = (ROOT / "THIRD-PARTY.md").read_text("utf-8").split("## In organizer.pyz")
    assert set(licences(installed)) == pinned("requirements.txt")
    assert set(licences(in_one_file)) == pinned("requirements-organizer.txt") - LEFT_OUT


def test_the_licences_are_those_that_the_packages_name() -> None:
    """One of the words that a package says of itself stands in the list; "MIT" is not "MIT-0"."""
    for name, said in licences((ROOT / "THIRD-PARTY.md").read_text("utf-8")).items():
        try:
            told: Any = metadata(name)  # its type lacks get()
        except PackageNotFoundError:
            continue  # for another Python than this one
        classified = [value for value in told.get_all("Classifier") or [] if value.startswith("License ::")]
        own = told.get("License-Expression") or " ".join([*classified, told.get("License") or ""])
        first = {"PSF": "Python Software Foundation|PSF", "Apache-2.0": "Apache", "LGPL-3.0": "LGPL-3"}.get(
            said.split(" ")[0].strip(";"), re.escape(said.split(" ")[0].strip(";"))
        )
        assert re.search(rf"(?:^|\W)(?:{first})(?!-0)", own), (name, said, own)


@pytest.mark.slow  # every source and every package is gone through
def test_no_secret_is_among_the_sources() -> None:
    """Nothing looks like a key or a password, except lines that say why they may: "pragma: allowlist secret"."""
    # Vectors and scripts are made of other sources, and tests make them again.
    listed = ["git", "ls-files", "--", ".", ":!tests/vectors/*.json", ":!service/static/*.js"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    # Hashes and vectors are full of entropy; what is left finds the keys of services and passwords in addresses.
    quiet = ["--disable-plugin", "Base64HighEntropyString", "--disable-plugin", "HexHighEntropyString"]
    hook = [str(Path(sys.executable).parent / "detect-secrets-hook"), *quiet]
    done = subprocess.run([*hook, *filter(None, files)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
