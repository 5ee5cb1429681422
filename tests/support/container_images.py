"""Makes the images of the Dockerfile without an engine: its steps, run one after the other in chroots. Needs root.

The base is Debian by debootstrap, from where this machine gets its packages. A container is a chroot that cannot be
written to, without a network, with the user, folders and secrets that docker-compose.yml names.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.programs import program

RELEASES = {"debian:12": "bookworm"}


@dataclass(frozen=True)
class Image:
    """A made image: its files, and what the Dockerfile says of running it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    said: dict[str, str] = field(default_factory=lambda: {"WORKDIR": "/", "USER": "0:0"})

    @property
    def health_check(self) -> list[str]:
        """The command behind CMD in HEALTHCHECK."""
        return list(json.loads(self.said["HEALTHCHECK"].partition(" CMD ")[2]))

    def run(self, *command: str) -> None:
        """A command in it as root, with a network. Raises CalledProcessError."""
        inside = ["/bin/sh", "-c", f'cd {shlex.quote(self.said["WORKDIR"])} && exec "$@"', "sh", *command]
        mounted = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.root}/proc"]
        with reaching_packages(self.root) as more:
            subprocess.run(
                [*mounted, "chroot", str(self.root), *inside],
                env=self.environment | more,
                check=True,
                stdout=subprocess.DEVNULL,
            )


@contextmanager
def reaching_packages(root: Path) -> Iterator[dict[str, str]]:
    """What this machine itself needs to reach packages lies in the chroot meanwhile: names, and a CA of its own."""
    lent = [Path("/etc/resolv.conf"), Path("/etc/hosts")]
    settings = {name: value for name, value in os.environ.items() if name in ("PIP_CERT", "PIP_INDEX_URL")}
    lent += [Path(settings["PIP_CERT"])] if "PIP_CERT" in settings else []
    absent = [path for path in lent if not (root / path.relative_to("/")).exists()]
    for path in absent:
        (root / path.parent.relative_to("/")).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, root / path.relative_to("/"))
    yield settings
    for path in absent:
        (root / path.relative_to("/")).unlink()


def make_images(folder: Path, mirror: str) -> dict[str, Image]:
    """Every stage by its name, each in a folder of its own."""
    made: dict[str, Image] = {}
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8")).replace("\\\n", "")
    name = ""
    for step in filter(None, text.splitlines()):
        word, _, rest = step.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            made[name] = _begin(folder / name, base, made, mirror)
        else:
            _take(step, word, rest.strip(), made[name], made)
    return made


def _begin(root: Path, base: str, made: dict[str, Image], mirror: str) -> Image:
    if base in made:
        subprocess.run(["cp", "-a", str(made[base].root), str(root)], check=True)
        return Image(root, dict(made[base].environment), dict(made[base].said))
    release = next(release for image, release in RELEASES.items() if base.startswith(image))
    bootstrap = [program("debootstrap"), "--variant=minbase", release, str(root), mirror]
    subprocess.run(bootstrap, check=True, stdout=subprocess.DEVNULL)
    return Image(root)


def _take(step: str, word: str, rest: str, image: Image, made: dict[str, Image]) -> None:
    if word == "RUN":
        image.run("/bin/sh", "-c", rest)
    elif word == "COPY":
        *sources, target = rest.split()
        origin = made[sources.pop(0).removeprefix("--from=")] if sources[0].startswith("--from=") else None
        for source in sources:
            _copy(origin.root if origin else ROOT, source.lstrip("/"), target, image)
    elif word == "ENV":
        image.environment.update(part.split("=", 1) for part in shlex.split(rest))
    elif word == "WORKDIR":
        (image.root / rest[1:]).mkdir(parents=True, exist_ok=True)
        image.said[word] = rest
    else:
        assert word in ("USER", "STOPSIGNAL", "HEALTHCHECK", "CMD"), step
        image.said[word] = rest


def _copy(origin: Path, source: str, target: str, image: Image) -> None:
    place = image.root / os.path.join(image.said["WORKDIR"], target).lstrip("/")
    if target.endswith("/"):
        place = place / source
    place.parent.mkdir(parents=True, exist_ok=True)
    if not (origin / source).is_dir():
        shutil.copyfile(origin / source, place)
    elif origin == ROOT:
        shutil.copytree(ROOT / source, place, ignore=_left_out)
    else:
        subprocess.run(["cp", "-a", str(origin / source), str(place)], check=True)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """What .dockerignore keeps from the engine. Its first line leaves out everything, "!" lets folders in again."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line[0] not in "#!*"]
    patterns += [line[3:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line.startswith("**/")]
    here = Path(folder).relative_to(ROOT)
    return {name for name in names if any(fnmatch.fnmatch(str(here / name), each) or name == each for each in patterns)}
