"""The tables of the journal: contacts, their parts, and what the carrier told of them or brought from people."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS contacts (
    contact_id TEXT PRIMARY KEY, at TEXT NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
    permanent INTEGER NOT NULL, outcome TEXT, claim TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS epochs (epoch TEXT NOT NULL, place TEXT NOT NULL, begun INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS parts (
    message_id TEXT PRIMARY KEY, contact_id TEXT NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL,
    outcome TEXT, at TEXT, code TEXT, sender TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts_of ON parts (contact_id, number);
CREATE TABLE IF NOT EXISTS orphans (
    message_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL, code TEXT NOT NULL, heard_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipts (
    token INTEGER PRIMARY KEY AUTOINCREMENT, vendor_ref TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL,
    code TEXT NOT NULL, contact_id TEXT
);
CREATE TABLE IF NOT EXISTS letters (
    token INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, receiver TEXT NOT NULL, at TEXT NOT NULL,
    coding INTEGER NOT NULL, reference INTEGER NOT NULL, count INTEGER NOT NULL, number INTEGER NOT NULL,
    body BLOB NOT NULL
);
"""
