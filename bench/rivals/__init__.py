"""Other ways to do the same work: a plain loop, and public engines."""
