"""Read training as querysets and frozen dataclasses, without ever writing."""
