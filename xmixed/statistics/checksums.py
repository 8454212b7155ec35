"""Check sums of bytes."""

from __future__ import annotations


def posix_checksum(content: bytes) -> int:
    """Return the sum that POSIX's `cksum` computes: a CRC of 32 bits over the bytes and their number.

    zlib has the CRC of the same polynomial with the bits of every byte and of the register reversed.
    """
    import zlib

    length = len(content)
    size = length.to_bytes((length.bit_length() + 7) // 8, "little")
    start = 0xFFFFFFFF  # zlib inverts the register before and after; cksum only after
    register = zlib.crc32(_mirrored(content), start)
    register = zlib.crc32(_mirrored(size), register)
    return int(f"{register:032b}"[::-1], 2)


def _mirrored(content: bytes) -> bytes:
    """Return bytes with the bits of each reversed."""
    return content.translate(_MIRROR)


_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
