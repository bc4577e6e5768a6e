"""Pure arithmetic and decisions of a competition: no Django, no database."""
