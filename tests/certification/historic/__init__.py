"""Certificates from paper."""
