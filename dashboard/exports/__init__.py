"""What leaves the house: tables as files, and the export that names nobody."""
