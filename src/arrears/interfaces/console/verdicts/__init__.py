"""The gate's judgements."""
