"""What programs of employers and unions may ask: keys, answers in JSON, their description."""
