"""Formats of 简体中文."""
