"""Tests of the reasoning: knowledge, criteria, answers, differential, red flags, pathway and the command."""
