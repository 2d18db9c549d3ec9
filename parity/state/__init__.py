"""Start states: seal the stack's data at one instant, begin from it again, copy it."""
