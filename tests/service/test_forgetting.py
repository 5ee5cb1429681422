"""What a request leaves behind is not held by circles, and not by memory that was freed."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.web.forgetting import OVERWRITING, Forgetting
from tests.support.nginx_site import shipped_environment
from tests.support.paths import ROOT


class Circle:
    """What a framework leaves: something that holds itself, and a word."""

    def __init__(self, word: str) -> None:
        self.word, self.itself = word, self


def test_circles_are_found_soon_after_the_answer_and_the_key_ends_each_time() -> None:
    """Only if somebody asked; not while nobody did."""
    ended: list[bool] = []

    def answer(environ: object, start_response: object) -> list[bytes]:
        Circle("a word")
        return []

    forgetting = Forgetting(answer, lambda: ended.append(True))
    gc.collect()
    gc.disable()
    try:
        forgetting({}, lambda *arguments: lambda data: None).close()  # type: ignore[attr-defined]
        assert [each for each in gc.get_objects() if isinstance(each, Circle)]
        forgetting.forget()
        assert not [each for each in gc.get_objects() if isinstance(each, Circle)]
    finally:
        gc.enable()
    assert ended == [True]


def test_units_and_images_have_freed_memory_overwritten() -> None:
    """nginx by its C library, the service by its three allocators; the program that starts it sees to it, too."""
    assert OVERWRITING.items() <= shipped_environment("undersigned").items()
    own = {"GLIBC_TUNABLES": OVERWRITING["GLIBC_TUNABLES"]}
    assert shipped_environment("undersigned-nginx") == own
    stages = re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text("utf-8"))
    for name, variables in (("service", OVERWRITING), ("nginx", own)):
        stage = next(text for text in stages if text.partition("\n")[0].endswith(f" AS {name}"))
        assert [variable for variable, value in variables.items() if f"{variable}={value}" not in stage] == []


@pytest.mark.parametrize("given", [{}, {"PYTHONMALLOC": "pymalloc"}, OVERWRITING])
def test_the_service_begins_anew_when_it_was_not_told_to_overwrite(given: dict[str, str], tmp_path: Path) -> None:
    """However it was started; once, with the same arguments."""
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\nfrom service.web.forgetting import overwrite_from_the_start\noverwrite_from_the_start()\n"
        "print(sys.argv[1:], sorted(name for name in os.environ if 'MALLOC' in name or 'GLIBC' in name))\n"
    )
    kept = {name: value for name, value in os.environ.items() if name not in OVERWRITING}
    said = subprocess.run(
        [sys.executable, str(program), "a b"],
        env=kept | given | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == f"['a b'] {sorted(OVERWRITING)}\n"
