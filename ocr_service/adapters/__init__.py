"""Engines behind the service's ports."""
