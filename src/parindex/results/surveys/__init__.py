"""From files of answers to estimates that never travel without their error, and to the report that is published.

An engine counts cells, file by file; cells add, so that one pass, parts and a new day give the same bytes. Estimates,
the index of a questionnaire, differences and the suppression of small cells come from the cells alone. `counting`,
`estimating`, `protecting`, `comparing`, `folders` and the reports are the steps, in that order.
"""
