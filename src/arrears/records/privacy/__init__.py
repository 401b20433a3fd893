"""The identity vault's cipher and keys."""
