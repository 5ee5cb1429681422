"""Settings and appeals that cannot work are refused at once, with everything that is wrong, in plain words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service.appeal import AppealFolderError, load_appeal
from service.settings import Settings, SettingsError, read_settings
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


def test_three_settings_are_enough(tmp_path: Path) -> None:
    """Everything else has a default, and none of them opens anything to the network."""
    settings = read_settings(good(tmp_path))
    assert settings.listen == "127.0.0.1:8000"
    assert settings.store == f"sqlite:{tmp_path / 'data' / 'envelopes.sqlite'}"
    assert settings.trusted_hops == 0


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """One file for most, a variable for the exception; an empty variable is none."""
    path = tmp_path / "settings.toml"
    path.write_text(f'appeal = "{tmp_path}"\ndata = "{tmp_path}"\ndesk_token_sha256 = "{HASH}"\ntrusted_hops = 1\n')
    environment = {"UNDERSIGNED_SETTINGS": str(path), "UNDERSIGNED_TRUSTED_HOPS": "2", "UNDERSIGNED_LISTEN": ""}
    settings = read_settings(environment)
    assert (settings.trusted_hops, settings.listen) == (2, "127.0.0.1:8000")


def test_a_value_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    """As container engines hand over what not everyone may read; a blank variable beside it changes nothing."""
    environment = good(tmp_path) | {"UNDERSIGNED_DESK_TOKEN_SHA256": "", "UNDERSIGNED_STORE_FILE": ""}
    (tmp_path / "token").write_text(HASH.upper() + "\n")
    for order in (1, -1):
        given = [*environment.items(), ("UNDERSIGNED_DESK_TOKEN_SHA256_FILE", str(tmp_path / "token"))][::order]
        assert read_settings(dict(given)).desk_token_sha256 == HASH


def test_a_file_that_cannot_be_read_or_contradicts_is_told(tmp_path: Path) -> None:
    """Missing, not text, or given beside the value itself; nothing of its content is repeated."""
    path = tmp_path / "token"
    environment = {**good(tmp_path), "UNDERSIGNED_STORE_FILE": str(path)}
    for content in (None, b"secret-word \xff"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SettingsError, match="UNDERSIGNED_STORE_FILE names") as raised:
            read_settings(environment)
        assert "secret-word" not in str(raised.value)
    path.write_text("sqlite:/x")
    with pytest.raises(SettingsError, match="both set"):
        read_settings({**environment, "UNDERSIGNED_STORE": "sqlite:/y"})


def test_all_mistakes_are_told_together() -> None:
    """An operator fixes them in one go."""
    with pytest.raises(SettingsError) as raised:
        read_settings(
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
        read_settings({**good(tmp_path), "UNDERSIGNED_LISTEN": listen})


@pytest.mark.parametrize("listen", ["127.0.0.1:8000", "[::1]:8000", "127.0.0.2:1", "unix:/run/undersigned.sock"])
def test_loopback_and_sockets_are_this_machine(tmp_path: Path, listen: str) -> None:
    """All that a proxy on the same machine can reach."""
    assert read_settings({**good(tmp_path), "UNDERSIGNED_LISTEN": listen}).listen == listen


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis-cluster", "rediss-cluster"])
def test_a_store_on_a_server_names_a_folder_of_passwords(tmp_path: Path, scheme: str) -> None:
    """Settings hold no secret, so a password in the address is refused."""
    store = f"{scheme}://127.0.0.1:6379?passwords=/run/secrets"
    assert read_settings({**good(tmp_path), "UNDERSIGNED_STORE": store}).store == store
    # pragma: allowlist nextline secret
    holds_a_password = f"{scheme}://web:secret@127.0.0.1?passwords=/run/secrets"
    for wrong in (holds_a_password, f"{scheme}://127.0.0.1"):
        with pytest.raises(SettingsError, match="“store” must"):
            read_settings({**good(tmp_path), "UNDERSIGNED_STORE": wrong})


def test_several_processes_need_servers_to_share(tmp_path: Path) -> None:
    """An SQLite file has one writer, and limits counted apart are no limits."""
    several = {**good(tmp_path), "UNDERSIGNED_PROCESSES": "4"}
    servers = {"UNDERSIGNED_STORE": "redis://a?passwords=/x", "UNDERSIGNED_LIMITS_SERVER": "redis://b?passwords=/x"}
    assert read_settings(several | servers).processes == 4
    for missing in servers:
        with pytest.raises(SettingsError, match="processes"):
            read_settings({name: value for name, value in (several | servers).items() if name != missing})


def test_a_broken_settings_file_is_told(tmp_path: Path) -> None:
    """Missing, not TOML, wrong types."""
    path = tmp_path / "settings.toml"
    environment = {**good(tmp_path), "UNDERSIGNED_SETTINGS": str(path)}
    for content, words in ((None, "cannot be read"), ("= x", "is not TOML"), ("limit_desk = 3\n", "text in quotes")):
        if content is not None:
            path.write_text(content)
        with pytest.raises(SettingsError, match=words):
            read_settings(environment)


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
    path = settings.data / "envelopes.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    assert f"The store {path} was made by a newer version of this service." in start()


def mistakes_in(folder: Path) -> str:
    with pytest.raises(AppealFolderError) as raised:
        load_appeal(folder)
    return "\n".join(raised.value.mistakes)


def test_a_good_appeal_is_loaded(appeal_folder: Path, key: OrganizersKey) -> None:
    """The one that the project ships, with keys."""
    appeal = load_appeal(appeal_folder)
    assert appeal.languages == ("be", "ru", "en")
    assert len(appeal.group) == 4
    assert appeal.programs.keys[0].record == key.record
    assert list(appeal.signers.values()) == ["anna", "boris"]


def test_the_shipped_appeal_asks_for_keys() -> None:
    """It has none on purpose, and the message says how to get them."""
    assert "organizer keygen" in mistakes_in(ROOT / "config" / "appeal")


def test_all_mistakes_of_an_appeal_are_told_together(appeal_folder: Path) -> None:
    """A missing letter, a missing word, a foreign key, too high a threshold, a misspelt entry: all at once."""
    path = appeal_folder / "appeal.toml"
    text = path.read_text("utf-8")
    text = text.replace("6f1c2b9a", "00000000").replace("threshold = 1", 'threshold = 5\nclosign = "x"')
    text = text.replace('be = "Тэкст"\n', "").replace('"boris"', '"Boris B."')
    path.write_text(text, "utf-8")
    (appeal_folder / "letter.ru.md").unlink()
    words = mistakes_in(appeal_folder)
    for part in (
        "letter.ru.md",
        "“page_title” is missing in “be”",
        "another appeal id",
        "threshold",
        "closign",
        "signer",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('languages = ["be", "ru", "en"]', "languages = []", "languages"),
        ('id = "6f', 'id = "xx', "hex digits"),
        ("threshold = 1", "threshold = true", "must be a number"),
        ("threshold = 1", 'threshold = 1\nclosing = "2026-01-01"', "must be a date"),
        ("[[keys]]\n", '[[keys]]\nfrom = "2026-01-01"\n', "dates such as"),
        ('record = "A', 'record = "B', "key record"),
        ('key = "RW', 'key = "XX', "minisign"),
        ("[[contact]]", "[contact]", "[[contact]]"),
        ("threshold = 1", 'threshold = 1\ndate = "2026-01-01"', "“date” must be a date"),
        ("threshold = 1", "threshold = 1\nnames_until = 2027", "“names_until” must be a date"),
        ("threshold = 1", 'threshold = 1\nexit = "javascript:alert(1)"', "“exit” must look like"),
        ("threshold = 1", 'threshold = 1\nwarning = "x"', "“warning” is missing in “be”"),
        ("threshold = 1", 'threshold = 1\nwarning = { be = "a", ru = "b" }', "“warning” is missing in “en”"),
        ("[title]", '[handed_over]\nbe = "a"\nru = "b"\nen = "c"\n[title]', "“day” under [handed_over]"),
        ("[title]", '[handed_over]\nday = 2026-01-01\nbe = "a"\n[title]', "“handed_over” is missing in “ru”"),
        ("[title]", "[title", "cannot be read"),
    ],
)
def test_a_mistake_in_an_appeal_is_named(appeal_folder: Path, old: str, new: str, words: str) -> None:
    """The message says which entry and what it should be."""
    path = appeal_folder / "appeal.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert words in mistakes_in(appeal_folder)
