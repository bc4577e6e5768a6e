"""Forms. They validate input and write nothing."""
