"""Drawings of the report and of the page: geometry as marks here, markup and colours in ``templates/``."""
