"""Rules for Prometheus and vmalert as data: what fires when, what it says in each language, how they are fitted."""
