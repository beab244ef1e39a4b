"""The drop-in for the Prometheus blackbox exporter: its modules, probed by our core, told in its metrics."""
