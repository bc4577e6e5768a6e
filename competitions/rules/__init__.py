"""Hold the pure arithmetic and decisions of a competition, without Django or a database."""
