"""Forms of the rights desk."""
