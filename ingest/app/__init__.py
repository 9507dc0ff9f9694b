"""The application's database: which tables are read, and how."""
