"""The tools that measure: benchmarks and evaluation."""
