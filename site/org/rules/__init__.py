"""Pure rules of org."""
