"""Files to Targets; every error carries the file and the key path."""

from probe.inventory.load import Inventory, load
from probe.inventory.problems import InventoryError, Problem
from probe.inventory.schema import schema
from probe.inventory.selection import Shard, select
from probe.inventory.single import check_target

__all__ = [
    "Inventory",
    "InventoryError",
    "Problem",
    "Shard",
    "check_target",
    "load",
    "schema",
    "select",
]
