"""The only bridge between the lake (Parquet) and the books (database)."""
