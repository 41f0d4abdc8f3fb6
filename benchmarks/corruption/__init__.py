"""A corruption benchmark for the fact guard: false texts that must be refused, and rewrites that must not be.

The operators are written from a description of the corpus and of the errors that models make, not from the guard's
vocabularies: a guard that shares its word lists with its test measures nothing.
"""
