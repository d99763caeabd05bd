"""Words that fields hold: names, addresses. Data structures alone; adapters/lexicons reads the files."""
