"""Files that results leave in, one module a format."""
