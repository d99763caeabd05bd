"""The service's values as JSON and back."""
