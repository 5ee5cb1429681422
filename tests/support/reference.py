"""A second implementation of sealing and opening, written from docs/spec.md and from nothing else.

It knows the layers of sections 1 to 3 and builds what it is told to, malformed things included: the vectors of
failures are made with it.
It must never import the project's own formats, check an input for the caller, or hold a real key: it compares in
variable time.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from kyber_py.ml_kem import ML_KEM_768  # type: ignore[import-untyped]  # the package ships no types
from nacl import bindings

PLAINTEXT_SIZE = 2936
ENC_SIZE = 1088

SUITE_ID = b"HPKE" + bytes.fromhex("004100010003")
"""ML-KEM-768, HKDF-SHA256, ChaCha20-Poly1305 (section 2)."""


def sha256(data: bytes) -> bytes:
    """H of the conventions."""
    return hashlib.sha256(data).digest()


def tag(word: str) -> bytes:
    """The separator of the conventions: ``undersigned/v1/<word>`` and one zero byte."""
    return b"undersigned/v1/" + word.encode("ascii") + b"\x00"


# Section 1: the organizers' key.


def derive(master: bytes, appeal_id: bytes) -> tuple[bytes, bytes, bytes]:
    """Return (key record of 1,233 bytes, X25519 secret of 32, ML-KEM seed of 64) (section 1)."""
    x25519_secret = hashlib.blake2b(key=master, person=b"undersigned-box", digest_size=32).digest()
    kem_seed = hashlib.blake2b(key=master, person=b"undersigned-kem", digest_size=64).digest()
    encapsulation_key, _ = ML_KEM_768.key_derive(kem_seed)
    record = b"\x01" + appeal_id + bindings.crypto_scalarmult_base(x25519_secret) + encapsulation_key
    return record, x25519_secret, kem_seed


def appeal_id_of(record: bytes) -> bytes:
    """The 16 bytes of the appeal id (section 1)."""
    return record[1:17]


def x25519_public_of(record: bytes) -> bytes:
    """The 32 bytes of the X25519 public key (section 1)."""
    return record[17:49]


def encapsulation_key_of(record: bytes) -> bytes:
    """The 1,184 bytes of the ML-KEM-768 encapsulation key (section 1)."""
    return record[49:]


def fingerprint(record: bytes) -> bytes:
    """The 32 bytes that name a key record (section 1)."""
    return sha256(tag("key") + record)


def key_id(record: bytes) -> bytes:
    """The first 7 bytes of the fingerprint (section 1)."""
    return fingerprint(record)[:7]


def digits(record: bytes) -> str:
    """The fingerprint for people: 8 groups of 5 digits (section 1)."""
    text = f"{int.from_bytes(fingerprint(record), 'big') % 10**40:040d}"
    return " ".join(text[i : i + 5] for i in range(0, 40, 5))


def header(record: bytes) -> bytes:
    """The first 8 bytes of every envelope to this key (section 2)."""
    return b"\x01" + key_id(record)


# Section 2: the plaintext.


def compose_plaintext(
    record: bytes, letter_hash: bytes, slot: bytes, kind: int, json_bytes: bytes, *, reserved: int = 0
) -> bytes:
    """Return the 2,936 bytes that are sealed (section 2); ValueError when the parts do not fit."""
    head = header(record) + appeal_id_of(record) + letter_hash + slot + bytes([kind, reserved])
    plaintext = (head + json_bytes + b"\x80").ljust(PLAINTEXT_SIZE, b"\x00")
    if len(plaintext) != PLAINTEXT_SIZE:
        raise ValueError("the parts are longer than the plaintext")
    return plaintext


def code_slot(code: str) -> bytes:
    """The slot of a withdrawal: 25 digits and 7 zero bytes (section 3)."""
    return code.encode("ascii") + bytes(7)


# Section 2: the inner layer, HPKE base mode.


def encapsulate(encapsulation_key: bytes, coins: bytes) -> tuple[bytes, bytes]:
    """ML-KEM.Encaps_internal of FIPS 203: return (enc of 1,088 bytes, shared secret of 32) (section 2)."""
    shared_secret, enc = ML_KEM_768._encaps_internal(encapsulation_key, coins)
    return enc, shared_secret


def info(record: bytes, info_header: bytes | None = None) -> bytes:
    """What HPKE binds the inner layer to: 44 bytes (section 2)."""
    return tag("seal") + (header(record) if info_header is None else info_header) + appeal_id_of(record)


def labeled_extract(salt: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract of RFC 9180, section 4: 32 bytes (section 2)."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE_ID + label + material, "sha256")


def labeled_expand(secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """LabeledExpand of RFC 9180, section 4, for at most 32 bytes: one block of HKDF-Expand (section 2)."""
    material = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE_ID + label + context
    return hmac.digest(secret, material + b"\x01", "sha256")[:length]


def key_schedule(shared_secret: bytes, info_bytes: bytes) -> tuple[bytes, bytes]:
    """Return (key of 32 bytes, base nonce of 12) (section 2)."""
    psk_id_hash = labeled_extract(b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(b"", b"info_hash", info_bytes)
    context = b"\x00" + psk_id_hash + info_hash
    secret = labeled_extract(shared_secret, b"secret", b"")
    return labeled_expand(secret, b"key", context, 32), labeled_expand(secret, b"base_nonce", context, 12)


def inner_seal(record: bytes, plaintext: bytes, coins: bytes, *, info_header: bytes | None = None) -> bytes:
    """Return enc, ciphertext and tag: 1,104 bytes more than the plaintext (section 2)."""
    enc, shared_secret = encapsulate(encapsulation_key_of(record), coins)
    key, base_nonce = key_schedule(shared_secret, info(record, info_header))
    return enc + ChaCha20Poly1305(key).encrypt(base_nonce, plaintext, None)


def inner_open(record: bytes, kem_seed: bytes, inner: bytes) -> bytes:
    """Return the plaintext (section 2); cryptography's InvalidTag when it does not open."""
    _, decapsulation_key = ML_KEM_768.key_derive(kem_seed)
    shared_secret = ML_KEM_768.decaps(decapsulation_key, inner[:ENC_SIZE])
    key, base_nonce = key_schedule(shared_secret, info(record))
    return ChaCha20Poly1305(key).decrypt(base_nonce, inner[ENC_SIZE:], None)


# Section 2: the outer layer, crypto_box_seal.


def sealed_box_nonce(ephemeral_public: bytes, x25519_public: bytes) -> bytes:
    """The 24 bytes of the nonce (section 2)."""
    return hashlib.blake2b(ephemeral_public + x25519_public, digest_size=24).digest()


def outer_seal(x25519_public: bytes, inner: bytes, ephemeral_secret: bytes) -> bytes:
    """Return ephemeral public key, tag and ciphertext: 48 bytes more than ``inner`` (section 2)."""
    ephemeral_public = bindings.crypto_scalarmult_base(ephemeral_secret)
    nonce = sealed_box_nonce(ephemeral_public, x25519_public)
    return ephemeral_public + bindings.crypto_box(inner, nonce, x25519_public, ephemeral_secret)


def outer_open(x25519_public: bytes, x25519_secret: bytes, sealed: bytes) -> bytes:
    """Return what ``outer_seal`` sealed (section 2); nacl's CryptoError when it does not open."""
    ephemeral_public = sealed[:32]
    nonce = sealed_box_nonce(ephemeral_public, x25519_public)
    return bindings.crypto_box_open(sealed[32:], nonce, ephemeral_public, x25519_secret)


# Section 2: the envelope.


def seal(record: bytes, plaintext: bytes, ephemeral_secret: bytes, coins: bytes) -> bytes:
    """Return the envelope: 4,096 bytes for a plaintext of 2,936 (section 2)."""
    inner = inner_seal(record, plaintext, coins)
    return header(record) + outer_seal(x25519_public_of(record), inner, ephemeral_secret)


def open_envelope(record: bytes, x25519_secret: bytes, kem_seed: bytes, envelope: bytes) -> bytes:
    """Return the plaintext; what it holds is not looked at (section 2)."""
    return inner_open(record, kem_seed, outer_open(x25519_public_of(record), x25519_secret, envelope[8:]))


def envelope_id(envelope: bytes) -> bytes:
    """The 32 bytes that name an envelope (section 2)."""
    return sha256(b"\x00" + envelope)


# Section 3: the signer's code.


def commitment(code: str) -> bytes:
    """What a signature carries in its slot: 32 bytes (section 3)."""
    return sha256(tag("code") + code.encode("ascii"))


def receipt(commitment_bytes: bytes) -> str:
    """What a publication lists: 16 hexadecimal digits (section 3)."""
    return sha256(tag("receipt") + commitment_bytes)[:8].hex()
