"""The edition on the web: what officials, appraisers and the council do with it, by roles.

Django, server-rendered. Views translate; `actions` write (one act, one transaction, one audit event); `queries` read;
models hold fields and constraints and compute nothing. Whatever is computed comes from the library `parindex`.
"""
