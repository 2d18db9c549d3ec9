"""parity: local environment parity. Importing this package imports nothing else."""
