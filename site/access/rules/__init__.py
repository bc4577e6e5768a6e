"""Pure decisions about roles."""
