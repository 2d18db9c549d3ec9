"""Probes of a running container: what to look at from inside its namespaces, and what that means."""
