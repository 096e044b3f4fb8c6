"""Self-assessment: what units claim, with evidence, until it is signed."""
