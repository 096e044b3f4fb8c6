"""Results frozen for the public: publishing, correcting and verifying.

A **line** of publications is a folder with `v1`, `v2`, … of one edition; each is a publication, never changed after
it is written. `freeze.publish` writes the next one, `verify.verify` holds any folder against its digests and rules.
"""
