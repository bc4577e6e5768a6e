"""Certificates: their numbers, their issuing, their verification; honours."""
