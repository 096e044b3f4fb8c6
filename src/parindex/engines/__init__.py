"""What runs over many records: the same meaning in plain Python (`reference`) and in DuckDB (`duckdb`).

`reference` defines what is counted; `cells_query` says it once as SQLGlot expressions; `duckdb` runs them. Invented
data hold both equal to the last bit.
"""
