"""Rules of reading that need no engine."""
