"""Pages, run through the front door as a person would meet them."""
