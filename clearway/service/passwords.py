"""Passwords: kept as argon2id hashes, compared in the same time for known and unknown people."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256

_HASHER = PasswordHasher()  # RFC 9106, second choice: 64 MiB, 3 passes
_AT_ONCE = BoundedSemaphore(4)  # each computation takes 64 MiB
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """The argon2id hash to keep; raises ValueError with the reason when it may not be used."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST} characters; choose another.")
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password; without a kept hash it takes as long, and is False."""
    nobodys = nobodys_hash()  # always asked for, so that its first making tells nothing
    if not password or len(password) > LONGEST:
        password, kept = "x", None
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than those used now."""
    return _HASHER.check_needs_rehash(kept)


def new_password() -> str:
    """A random password of four groups of five, about 100 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


@cache
def nobodys_hash() -> str:
    """What the password of an unknown person is compared with; nobody knows its password."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def parameters_of(kept: str) -> Parameters:
    """How much computation a kept hash asks for."""
    return extract_parameters(kept)
