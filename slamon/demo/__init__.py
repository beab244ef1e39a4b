"""`slamon demo`: a small company on loopback, its invented past, faults on a script. Needs no file and no network."""

from slamon.demo.run import run_demo

__all__ = ["run_demo"]
