"""Starts the shipped nginx in front of a service that is measured; it also serves one page as a file of its own.

There is no TLS, which would cost the file as much as the page.
"""

from __future__ import annotations

import gzip
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from bench.ports import free_port, wait_for

# The shipped server blocks with other doors, and the file.
SITE = """
map "" $hsts {{ default ""; }}
map "" $onion_location {{ default ""; }}
server {{
    listen 127.0.0.1:{port};
    # The load says who it is, as tor says it: each envelope comes from a client of its own.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    location ^~ /file/ {{ root {folder}; gzip_static on; default_type "text/html; charset=utf-8"; }}
    include answers.conf;
}}
"""


@contextmanager
def nginx(folder: Path, door: Path, source: Path) -> Iterator[int]:
    """Its port, before the service on the socket `door`; the configuration is that of the sources in `source`.

    `/file/page` is the page `/en/` as a file, also compressed.
    """
    port = free_port()
    _lay_out(folder, port, door, source)
    # Run by root, its workers would become "nobody" and could not enter the folder.
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    process = subprocess.Popen(
        ["nginx", "-c", str(folder / "nginx" / "nginx.conf"), "-g", user],
        stderr=subprocess.DEVNULL,
        env=os.environ | _environment(source),
    )
    try:
        wait_for(port)
        # One request first: others wait up to half a second while nginx fetches a page for the first time.
        urlopen(Request(f"http://127.0.0.1:{port}/en/", headers={"Accept-Encoding": "gzip"})).close()
        with urlopen(f"http://127.0.0.1:{port}/en/") as answer:
            page = answer.read()
        (folder / "file" / "page").write_bytes(page)
        (folder / "file" / "page.gz").write_bytes(gzip.compress(page, mtime=0))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _lay_out(folder: Path, port: int, door: Path, source: Path) -> None:
    shutil.copytree(source / "deploy" / "nginx", folder / "nginx")
    (folder / "run").mkdir()
    (folder / "file").mkdir()
    (folder / "nginx" / "site.conf").write_text(SITE.format(port=port, folder=folder), "utf-8")
    places = {
        "/run/undersigned-nginx": str(folder / "run"),
        "unix:/run/undersigned/service.sock": f"unix:{door}",
        "/etc/undersigned/nginx/*.conf": str(folder / "nginx" / "site.conf"),
    }
    files = [path for path in (folder / "nginx").iterdir() if path.suffix in (".conf", ".js")]
    texts = {path: path.read_text("utf-8") for path in files}
    for there, here in places.items():
        assert any(there in text for text in texts.values()), f"{there} is not in the shipped files."
        texts = {path: text.replace(there, here) for path, text in texts.items()}
    # Sources of before have no names of clients, and no door for organizers.
    names = {
        "/opt/undersigned/deploy/nginx/": f"{folder}/nginx/",
        "/run/undersigned/client-": f"{door.parent}/client-",
        "/run/undersigned-onion/": f"{folder}/run/",
    }
    for path, text in texts.items():
        for there, here in names.items():
            text = text.replace(there, here)
        path.write_text(text, "utf-8")


def _environment(source: Path) -> dict[str, str]:
    """What the unit of these sources sets for nginx."""
    lines = (source / "deploy" / "systemd" / "undersigned-nginx.service").read_text("utf-8").splitlines()
    return dict(line.partition("=")[2].split("=", 1) for line in lines if line.startswith("Environment="))
