"""Forms of the office, one module for each subject."""
