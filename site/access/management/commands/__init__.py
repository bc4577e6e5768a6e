"""Commands of rights."""
