"""The parts of the running system that `slamon.monitor` wires together."""
