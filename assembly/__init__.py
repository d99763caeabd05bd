"""The only package that sees every service: settings become parts, parts become a running system."""
