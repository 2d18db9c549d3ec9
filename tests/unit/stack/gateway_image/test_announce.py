"""Announcements, byte for byte."""

from ipaddress import IPv4Address, IPv6Address

from parity.stack.gateway_image.gateway.announce import gratuitous_arp, unasked_advertisement
from parity.stack.gateway_image.gateway.checksum import internet_checksum

HARDWARE = bytes.fromhex("02420ae70407")


def test_gratuitous_arp():
    """Sender and target are both the gateway's address."""
    frame = gratuitous_arp(HARDWARE, IPv4Address("10.231.4.1"))
    assert frame.hex() == (
        "ffffffffffff02420ae704070806000108000604000102420ae704070ae704010000000000000ae70401"
    )


def test_unasked_advertisement():
    """Sent to all nodes with the hop limit and checksum that receivers insist on."""
    frame = unasked_advertisement(HARDWARE, IPv6Address("fd00:4::1"))
    packet = frame[14:]
    source, target, message = packet[8:24], packet[24:40], packet[40:]
    assert packet[7] == 255
    assert message[0] == 136
    assert message[8:24] == source
    assert message[-6:] == HARDWARE
    pseudo = source + target + len(message).to_bytes(4, "big") + (58).to_bytes(4, "big")
    assert internet_checksum(pseudo + message) == 0
