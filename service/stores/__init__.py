"""Stores of sealed envelopes: the contract of all of them, and each store that fulfils it."""
