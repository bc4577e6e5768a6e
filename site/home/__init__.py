"""Show the public front page and everybody's own home page."""
