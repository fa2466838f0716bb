"""Speed and memory against the alternatives; `python -m benchmarks` runs them all."""
