"""Pure arithmetic and decisions of training. No Django, no clock, no database: everything comes in as an argument."""
