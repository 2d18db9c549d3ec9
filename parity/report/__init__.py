"""Writers: one report record, one file a format."""
