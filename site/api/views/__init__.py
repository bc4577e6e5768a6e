"""Show screens and answer programs."""
