"""The record: one event for each act, append-only, chained by digests."""
