"""The gateway container's build context: the stack's router, name server and published ports."""
