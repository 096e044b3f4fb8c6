"""Results: an edition folder read, computed in the order of its stages, written, and explained."""
