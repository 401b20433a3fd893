"""Shared components, template tags and layout of every page."""
