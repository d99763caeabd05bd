"""Documented stand-ins and tasks that tests run."""
