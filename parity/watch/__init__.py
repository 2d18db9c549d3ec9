"""`parity watch`: files that change, and what follows from it."""
