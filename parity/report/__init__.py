"""Writers: one record, one file an output format."""
