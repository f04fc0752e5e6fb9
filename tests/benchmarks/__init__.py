"""Timings, run on demand."""
