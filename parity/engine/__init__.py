"""The Docker Engine: observe what is there, carry out what was decided. Labels say whose it is."""
