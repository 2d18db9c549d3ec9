"""Kubernetes objects become services of a Compose document; nothing here starts a process."""
