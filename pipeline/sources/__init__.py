"""The reading desks: one file a source, found by its place. Add a file, and it is a source."""
