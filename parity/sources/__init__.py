"""Sources: a definition in its own notation becomes a canonical Compose document and losses."""
