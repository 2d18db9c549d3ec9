"""Who asks a database server: one module for each way of speaking, with a client library of its own."""
