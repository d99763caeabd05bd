"""What the rest of the system asks of the reading service."""
