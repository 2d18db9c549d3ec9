"""Secrets: which values are some, and what may be kept of them."""
