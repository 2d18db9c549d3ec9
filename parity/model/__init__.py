"""Frozen records: the vocabulary that both pipelines share. No I/O here."""
