"""Slow obvious twins of the C++ core, for tests to compare with."""
