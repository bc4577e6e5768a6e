"""Write training, with one function for each action."""
