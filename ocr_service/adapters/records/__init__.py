"""SQL behind the repository ports."""
