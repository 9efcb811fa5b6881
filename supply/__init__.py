"""What Backstride is made of: the bill of materials, and the known weaknesses of what runs."""
