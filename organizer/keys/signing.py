"""The minisign secret key once more, locked under the workspace's root: whoever opened that signs without waiting.

The stock file `minisign.key` stays as it is, for stock minisign and for a copy elsewhere; opening it costs scrypt's
seconds and 1 GiB on top of those of the root. `minisign.locked` is:

    0    24  the ASCII text "undersigned/v1/minisign" and one zero byte
    24   8   key id
    32   32  Ed25519 public key                     (bytes 0..64 are "the header")
    64   72  XChaCha20-Poly1305: nonce (24), encrypted seed (32), tag (16); associated data = the header
    136      end

The key of the box is BLAKE2b(key = root, person = "undersigned-sign"). It is not the workspace's key for rows, which
the cards of a period open, too: cards bring back what was sealed, and nobody signs with them in another's name.
"""

from __future__ import annotations

from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from crypto.keys import derive_secret, tag
from crypto.minisign import MinisignPublicKey, MinisignSecretKey, unlock_secret_key
from organizer.keys.memory import not_swapped
from organizer.keys.passphrase import normalise

MAGIC = tag("minisign")
SEED_SIZE = 32


def lock_signing_key(root: bytes, key: MinisignSecretKey, random: Callable[[int], bytes]) -> bytes:
    """The content of `minisign.locked`, 136 bytes."""
    header = _header(key.public)
    return header + bytes(_box(root).encrypt(key.seed, header, random(Aead.NONCE_SIZE)))


def unlock_signing_key(root: bytes, file: bytes, public: MinisignPublicKey) -> MinisignSecretKey | None:
    """The secret key of `public`; None when the file is damaged, of another key, or locked under another root.

    Nothing is lost then: the stock file opens with the passphrase, and this one is made again from it.
    """
    header = _header(public)
    if not file.startswith(header):
        return None
    try:
        seed = not_swapped(_box(root).decrypt(file[len(header) :], header))
    except (CryptoError, ValueError):
        return None
    key = MinisignSecretKey.make(public.key_id, seed) if len(seed) == SEED_SIZE else None
    return key if key is not None and key.public == public else None


def unlock_stock_key(file: bytes, passphrase: str) -> MinisignSecretKey:
    """The secret key in `minisign.key`. Raises MinisignError: minisign-form, minisign-passphrase."""
    key = unlock_secret_key(file.decode("ascii", "replace"), normalise(passphrase))
    not_swapped(key.seed)
    return key


def _header(public: MinisignPublicKey) -> bytes:
    return MAGIC + public.key_id + public.point


def _box(root: bytes) -> Aead:
    return Aead(derive_secret(root, b"undersigned-sign", Aead.KEY_SIZE))
