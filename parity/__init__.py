"""parity: local environment parity. Importing this package imports nothing else."""

__version__ = "0.2.0"
