"""Figures as documents: one model, made once from exact values, and a renderer for each format and language."""
