"""A file becomes a text table and a receipt: limits, encoding, dialect."""
