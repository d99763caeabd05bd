"""Small shared parts that every service stands on. Imports no service."""
