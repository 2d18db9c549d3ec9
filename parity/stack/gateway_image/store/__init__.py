"""The store's agent: works on the directories that states and their copies are made of.

It runs inside the keeper container, one process a command; the client only ever talks to the engine.
"""
