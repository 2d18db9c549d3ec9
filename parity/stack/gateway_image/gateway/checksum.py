"""The Internet checksum (RFC 1071)."""

import struct


def internet_checksum(data: bytes) -> int:
    """One's complement of the one's complement sum of 16-bit words."""
    padded = data + bytes(len(data) % 2)
    words: tuple[int, ...] = struct.unpack(f"!{len(padded) // 2}H", padded)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
