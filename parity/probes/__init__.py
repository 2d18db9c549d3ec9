"""Probes: what to ask of an image, a container, a database or a host, and how to read the answer.

Pure: whoever asks is elsewhere, so that each is tested on recorded answers.
"""
