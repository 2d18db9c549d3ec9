"""parity.toml: schema and loading."""
