"""`./run` as an operator calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from service.settings import Settings
from tests.support.paths import ROOT


def run(settings: Settings, *arguments: object, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`./run` as an operator calls it, in any folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "UNDERSIGNED_APPEAL": str(settings.appeal),
        "UNDERSIGNED_DATA": str(settings.data),
        "UNDERSIGNED_STORE": str(settings.store),
        "UNDERSIGNED_DESK_TOKEN_SHA256": settings.desk_token_sha256.hex(),
    }
    command = [sys.executable, str(ROOT / "run"), *map(str, arguments)]
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False)
