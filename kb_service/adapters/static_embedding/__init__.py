"""Meaning without a neural network: one vector a word, summed by weight. A sentence-transformers model.

`model` serves with NumPy and is all that the web process imports; `builder` and `training` need spaCy, torch
and tokenizers and run in workers and on the command line."""
