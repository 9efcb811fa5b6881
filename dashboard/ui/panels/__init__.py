"""The panels pages are made of: each shows one thing of an episode, the cohort, the knowledge or the trail."""
