"""Values of the reading service."""
