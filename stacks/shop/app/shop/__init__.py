"""The shop: a catalogue, orders, payment at an outside bank, shipping through a queue."""

VERSION = "2.3.1"
