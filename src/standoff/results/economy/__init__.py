"""Runs of economies of regions and sectors: losses by region and sector, the result file and the report."""
