"""Storage: tables, writes, reads; knows codes and numbers, not what they mean."""
