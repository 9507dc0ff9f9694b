"""What is asked of a generation: SQL as constants, parameters bound, names from `reader.series`."""
