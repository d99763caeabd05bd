"""What quality is: measured on public data by `chienowa eval …`, held to expected.toml by `make eval`."""
