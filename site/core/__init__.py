"""What every room needs and no domain owns: errors, states, fields, locks, text. Knows no word of the trade."""
