"""How a writable copy of a sealed directory is made: one file a way."""
