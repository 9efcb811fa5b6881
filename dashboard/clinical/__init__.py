"""Clinical reasoning: a case and the knowledge go in, an assessment comes out; no patient, clock or database."""
