"""`chienowa`: the command line. Each command translates its arguments and calls what the pages call."""
