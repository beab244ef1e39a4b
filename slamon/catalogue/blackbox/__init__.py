"""The configuration of the Prometheus blackbox exporter, read as that program reads it."""

from slamon.catalogue.blackbox.load import load_blackbox, load_blackbox_text
from slamon.catalogue.blackbox.models import PROBERS, BlackboxFile, Module

__all__ = ["PROBERS", "BlackboxFile", "Module", "load_blackbox", "load_blackbox_text"]
