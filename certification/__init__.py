"""Certificates with their numbers, issuing and verification, and honours."""
