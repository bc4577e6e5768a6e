"""Workflows that change unions, employers and memberships."""
