"""The routes: each parses its parameters, names its query, and answers."""
