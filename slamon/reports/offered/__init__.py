"""The service catalogue as a document: what is offered to whom, what stands on what, and where the design is weak."""
