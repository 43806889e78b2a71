"""Measurements that take longer than a test: `python -m bench.speed`, `python -m bench.memory`."""
