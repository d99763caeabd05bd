"""Forms drawn and filled in by programs, and how well they are read."""
