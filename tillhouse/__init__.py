"""The command line: it calls the other packages, and none of them needs it."""
