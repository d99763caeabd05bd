"""From a CTC lattice to candidates: character classes, formats, lexicons. NumPy and plain Python alone."""
