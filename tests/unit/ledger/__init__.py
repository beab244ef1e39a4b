"""The ledger without files."""
