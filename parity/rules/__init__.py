"""Rules: what differences mean. One file a family; see contract.py."""
