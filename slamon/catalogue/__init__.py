"""What is offered, to whom, under which agreement, checked how: the configuration."""

from slamon.catalogue.checks import CheckModel
from slamon.catalogue.load import files_of, load, load_value
from slamon.catalogue.models import Catalogue, Service
from slamon.catalogue.problems import CatalogueErrors, Place, Problem
from slamon.catalogue.schema import json_schema

__all__ = [
    "Catalogue",
    "CatalogueErrors",
    "CheckModel",
    "Place",
    "Problem",
    "Service",
    "files_of",
    "json_schema",
    "load",
    "load_value",
]
