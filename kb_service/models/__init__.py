"""Values of the knowledge bank."""
