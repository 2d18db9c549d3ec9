"""One file a thing that a user can ask for. Actions act and return values; they print nothing."""
