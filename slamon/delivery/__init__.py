"""Reports to where they are wanted: made from the ledger, put into folders, sent by mail and to webhooks."""
