"""Probes of the host that runs containers: what its engine says, and what the kernel shows a container."""
