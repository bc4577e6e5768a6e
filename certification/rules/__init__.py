"""Pure decisions about certificates: numbers, standing, wording. No Django."""
