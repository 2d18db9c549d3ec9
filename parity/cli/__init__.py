"""Parse and print. What is done is in `parity.actions`, in the file of the same name."""
