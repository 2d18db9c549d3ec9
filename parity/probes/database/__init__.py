"""Probes of database servers: what to ask over the application's own connection, and how to read it.

Pure: who connects and asks is engine/askers and actions/databases.py.
"""
