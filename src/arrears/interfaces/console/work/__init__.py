"""The work queues."""
