"""Frames of a WebSocket client, byte by byte."""

import struct


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame of a client; `reserved` are the three reserved bits."""
    mask = b"\x12\x34\x56\x78"
    head = bytes([(0x80 if fin else 0) | (reserved << 4) | opcode])
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65_536:
        head += bytes([bit | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
    return head + mask + xor(payload, mask) if masked else head + payload


def xor(payload: bytes, mask: bytes) -> bytes:
    whole = int.from_bytes(payload, "big") ^ int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    return whole.to_bytes(len(payload), "big")
