"""The intake on paper."""
