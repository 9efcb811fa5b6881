"""What stands around the questions at the desk: who writes, what is doubtful, what was said before, what is left."""
