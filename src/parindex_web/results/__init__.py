"""Computing, reviewing and publishing, by the library from the exported edition folder."""
