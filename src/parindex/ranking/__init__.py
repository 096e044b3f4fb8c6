"""Ranking: index values to order, groups, means and movement."""
