"""Claims about the gate."""
