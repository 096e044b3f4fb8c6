"""Rows of keys: their order, and which of them are the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sorted_groups(keys: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The order that sorts rows of text by code point, and where each distinct row begins in it."""
    if not len(keys):
        none = np.zeros(0, dtype=np.intp)
        return none, none
    ranks = [np.unique(keys[:, at].astype(str), return_inverse=True)[1] for at in range(keys.shape[1])]
    order = np.lexsort(ranks[::-1]) if ranks else np.arange(len(keys))
    changed = np.zeros(len(keys), dtype=bool)
    changed[0] = True
    for rank in ranks:
        changed[1:] |= rank[order][1:] != rank[order][:-1]
    return order, np.flatnonzero(changed)
