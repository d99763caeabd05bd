"""Background work of the reading service."""
