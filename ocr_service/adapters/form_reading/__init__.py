"""A page's whole way, inside the sandbox: placed on its form, cut into fields, read, checked."""
