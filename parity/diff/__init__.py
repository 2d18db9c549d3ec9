"""Compare: normalise two environments, pair their services, and list what differs."""
