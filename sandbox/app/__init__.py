"""The application's database, as the simulated company's users leave it."""

from sandbox.app.database import write_app_database

__all__ = ["write_app_database"]
