"""The frame of every page: languages, messages, errors, logs, and the parts that pages share."""
