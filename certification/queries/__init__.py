"""Read queries of certification."""
