"""Who sent a webhook: HMAC-SHA256 of the raw body, keyed by the app's secret."""

import hashlib
import hmac

PREFIX = "sha256="


def sign(secret: str, body: bytes) -> str:
    """Return the header ``X-Hub-Signature-256`` of a body.

    >>> sign("secret", b"test")
    'sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914'
    """
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"{PREFIX}{digest}"


def verify(secret: str, body: bytes, header: str | None) -> bool:
    """Tell whether a header signs exactly these bytes; in constant time.

    >>> verify("secret", b"test", sign("secret", b"test"))
    True
    >>> verify("secret", b"test", None), verify("", b"test", sign("", b"test"))
    (False, False)
    """
    if not secret or not header:
        return False
    # As bytes: a header with other than ASCII letters is no reason to fail.
    expected = sign(secret, body).encode()
    return hmac.compare_digest(expected, header.encode("utf-8", "replace"))
