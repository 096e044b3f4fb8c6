"""Benchmarks with figures to keep: run with `make bench`."""
