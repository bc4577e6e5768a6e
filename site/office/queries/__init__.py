"""Read what the office's pages show."""
