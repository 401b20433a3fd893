"""Placements of cases with agencies that collect for us."""
