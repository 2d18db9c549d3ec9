"""The program inside the gateway container: refuses, records and forwards what reaches it."""
