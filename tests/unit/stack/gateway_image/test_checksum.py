"""The Internet checksum."""

from parity.stack.gateway_image.gateway.checksum import internet_checksum


def test_the_example_of_the_standard():
    """RFC 1071 section 3."""
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == ~0xDDF2 & 0xFFFF


def test_odd_length_is_padded():
    """With a zero byte."""
    assert internet_checksum(b"\x01") == internet_checksum(b"\x01\x00")
