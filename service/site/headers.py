"""The security headers: one constant set on every answer, whatever happened.

The content security policy allows the page's own scripts and style by their hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
    "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip


def security_headers(scripts: Iterable[bytes], styles: Iterable[bytes]) -> dict[str, str]:
    """The headers for a site whose only scripts and styles are these, inlined byte for byte."""
    policy = (
        "default-src 'none'",
        f"script-src {_hashes(scripts)}",
        f"style-src {_hashes(styles)}",
        "img-src data:",  # the blank icon
        "connect-src 'self'",  # POST /envelopes, and the signed result
        "base-uri 'none'",
        # The organizers' page has forms, and one set for all answers is one set to check. The signing page has none:
        # its fields have no name and stand in no form, so this opens nothing that connect-src does not.
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "no-store",
    }


def policy_inside(script: bytes, style: bytes, addresses: Iterable[str]) -> str:
    """The policy that a page carries in itself when it is opened from disk: it may ask these addresses only."""
    reached = " ".join(addresses) or "'none'"
    policy = (
        "default-src 'none'",
        f"script-src {_hashes([script])}",
        f"style-src {_hashes([style])}",
        "img-src data:",  # the blank icon
        f"connect-src {reached}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(policy)


def _hashes(contents: Iterable[bytes]) -> str:
    digests = (base64.b64encode(hashlib.sha256(content).digest()).decode("ascii") for content in contents)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
