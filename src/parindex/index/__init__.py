"""The index: points over applicable maximum, for every node of the tree."""
