"""The tables of the lake: columns, types, grain. Checked wherever a table crosses `exchange/`."""
