"""Backstride: intake, reasoning and referral for runners with low back pain."""
