"""Settings that cannot work are refused at once, with everything that is wrong, in plain words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from service import parse_store
from service.settings import ListenAddress, Settings, SettingsError, read_settings
from service.stores.file_store import FileAddress
from tests.support.publications import publication
from tests.support.service_process import environment_for

ROOT = Path(__file__).parents[2]
HASH = "ab" * 32


def good(tmp_path: Path) -> dict[str, str]:
    return {
        "UNDERSIGNED_APPEAL": str(tmp_path),
        "UNDERSIGNED_DATA": str(tmp_path / "data"),
        "UNDERSIGNED_DESK_TOKEN_SHA256": HASH,
    }


def read_from(environment: dict[str, str]) -> Settings:
    return read_settings(environment, parse_store)


def test_three_settings_are_enough(tmp_path: Path) -> None:
    """Everything else has a default, and none of them opens anything to the network."""
    settings = read_from(good(tmp_path))
    assert settings.listen == ListenAddress("127.0.0.1", 8000)
    assert settings.store == FileAddress(tmp_path / "data" / "envelopes")
    assert settings.trusted_hops == 0


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """One file for most, a variable for the exception; an empty variable is none."""
    path = tmp_path / "settings.toml"
    path.write_text(f'appeal = "{tmp_path}"\ndata = "{tmp_path}"\ndesk_token_sha256 = "{HASH}"\ntrusted_hops = 1\n')
    environment = {"UNDERSIGNED_SETTINGS": str(path), "UNDERSIGNED_TRUSTED_HOPS": "2", "UNDERSIGNED_LISTEN": ""}
    settings = read_from(environment)
    assert (settings.trusted_hops, str(settings.listen)) == (2, "127.0.0.1:8000")


def test_a_value_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    """As container engines hand over what not everyone may read; a blank variable beside it changes nothing."""
    environment = good(tmp_path) | {"UNDERSIGNED_DESK_TOKEN_SHA256": "", "UNDERSIGNED_STORE_FILE": ""}
    (tmp_path / "token").write_text(HASH.upper() + "\n")
    for order in (1, -1):
        given = [*environment.items(), ("UNDERSIGNED_DESK_TOKEN_SHA256_FILE", str(tmp_path / "token"))][::order]
        assert read_from(dict(given)).desk_token_sha256.hex() == HASH


def test_a_file_that_cannot_be_read_or_contradicts_is_told(tmp_path: Path) -> None:
    """Missing, not text, or given beside the value itself; nothing of its content is repeated."""
    path = tmp_path / "token"
    environment = {**good(tmp_path), "UNDERSIGNED_STORE_FILE": str(path)}
    for content in (None, b"secret-word \xff"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SettingsError, match="UNDERSIGNED_STORE_FILE names") as raised:
            read_from(environment)
        assert "secret-word" not in str(raised.value)
    path.write_text("sqlite:/x")
    with pytest.raises(SettingsError, match="both set"):
        read_from({**environment, "UNDERSIGNED_STORE": "sqlite:/y"})


def test_all_mistakes_are_told_together() -> None:
    """An operator fixes them in one go."""
    with pytest.raises(SettingsError) as raised:
        read_from(
            {
                "UNDERSIGNED_APPEAL": "/no/such/folder",
                "UNDERSIGNED_LISTEN": "0.0.0.0:80",
                "UNDERSIGNED_STORE": "mysql:x",
                "UNDERSIGNED_TRUSTED_HOPS": "-1",
                "UNDERSIGNED_LIMIT_ENVELOPES": "as many as you like",
                "UNDERSIGNED_COLOUR": "green",
            }
        )
    words = "\n".join(raised.value.mistakes)
    for part in ("appeal", "“data” is missing", "listen", "store", "desk_token", "hops", "limit_envelopes", "colour"):
        assert part in words
    assert len(raised.value.mistakes) == 8


@pytest.mark.parametrize("listen", ["0.0.0.0:8000", "[::]:8000", "192.0.2.1:80", "localhost", "127.0.0.1:0", "unix:x"])
def test_the_service_listens_on_this_machine_only(tmp_path: Path, listen: str) -> None:
    """What faces the network is nginx."""
    with pytest.raises(SettingsError):
        read_from({**good(tmp_path), "UNDERSIGNED_LISTEN": listen})


@pytest.mark.parametrize("listen", ["127.0.0.1:8000", "[::1]:8000", "127.0.0.2:1", "unix:/run/undersigned.sock"])
def test_loopback_and_sockets_are_this_machine(tmp_path: Path, listen: str) -> None:
    """All that a proxy on the same machine can reach."""
    assert str(read_from({**good(tmp_path), "UNDERSIGNED_LISTEN": listen}).listen) == listen


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis-cluster", "rediss-cluster"])
def test_a_store_on_a_server_names_a_folder_of_passwords(tmp_path: Path, scheme: str) -> None:
    """Settings hold no secret, so a password in the address is refused."""
    store = f"{scheme}://127.0.0.1:6379?passwords=/run/secrets"
    assert str(read_from({**good(tmp_path), "UNDERSIGNED_STORE": store}).store) == store
    # pragma: allowlist nextline secret
    holds_a_password = f"{scheme}://web:secret@127.0.0.1?passwords=/run/secrets"
    for wrong in (holds_a_password, f"{scheme}://127.0.0.1"):
        with pytest.raises(SettingsError, match="“store” must"):
            read_from({**good(tmp_path), "UNDERSIGNED_STORE": wrong})


def test_several_processes_need_servers_to_share(tmp_path: Path) -> None:
    """An SQLite file has one writer, and limits counted apart are no limits."""
    several = {**good(tmp_path), "UNDERSIGNED_PROCESSES": "4"}
    servers = {"UNDERSIGNED_STORE": "redis://a?passwords=/x", "UNDERSIGNED_LIMITS_SERVER": "redis://b?passwords=/x"}
    assert read_from(several | servers).processes == 4
    for missing in servers:
        with pytest.raises(SettingsError, match="processes"):
            read_from({name: value for name, value in (several | servers).items() if name != missing})


def test_a_broken_settings_file_is_told(tmp_path: Path) -> None:
    """Missing, not TOML, wrong types."""
    path = tmp_path / "settings.toml"
    environment = {**good(tmp_path), "UNDERSIGNED_SETTINGS": str(path)}
    for content, words in ((None, "cannot be read"), ("= x", "is not TOML"), ("limit_desk = 3\n", "text in quotes")):
        if content is not None:
            path.write_text(content)
        with pytest.raises(SettingsError, match=words):
            read_from(environment)


@pytest.mark.slow  # signing costs seconds on purpose
def test_a_wrong_start_ends_with_words_and_not_with_a_traceback(tmp_path: Path) -> None:
    """`python -m service` says what is wrong and exits with 2."""
    command = [sys.executable, "-m", "service"]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "The settings cannot be used:" in done.stderr
    assert "Traceback" not in done.stderr
    done = subprocess.run(command, cwd=ROOT, env=good(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "appeal.toml cannot be read" in done.stderr


@pytest.mark.slow  # signing costs seconds on purpose
def test_data_that_cannot_be_used_ends_the_start_with_a_sentence(settings: Settings) -> None:
    """An operator who went back to an older version, or took an organizer's key away, reads why nothing starts."""

    def start() -> str:
        command = [sys.executable, "-m", "service"]
        environment = environment_for(settings)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        return done.stderr

    result = settings.data / "publications" / "000001"
    result.mkdir(parents=True)
    (result / "publication.json").write_bytes(publication())
    assert f"A result in {result.parent} cannot be shown (publication-minisig): " in start()
    minisig = result / "publication.json.anna.minisig"
    minisig.write_bytes(b"\xff")
    assert f"A result in {result.parent} is damaged: it is not text." in start()
    minisig.unlink()
    (result / "publication.json").rename(result / "elsewhere")
    assert f"{result / 'publication.json'} cannot be used: No such file or directory." in start()
    (result / "elsewhere").rename(result / "publication.json")
    path = settings.data / "envelopes.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    assert f"The store {path} was made by a newer version of this service." in start()
    path.unlink()
    path = settings.data / "envelopes"
    path.write_bytes(b"undersigned envelopes 2, places 256\n")
    assert f"The store {path} was made by a newer version of this service." in start()
