"""parindex: run a public-governance index from its criteria to a rank that explains itself."""

__version__ = "0.1.0"
