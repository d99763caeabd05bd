"""Documents without a template. Everything but the package's name is imported inside the sandbox alone."""
