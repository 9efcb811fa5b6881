"""How the tables came to be, one step after another (Alembic, configured in db/schema.py)."""
