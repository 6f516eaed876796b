"""Shared by the scripts that build the bundled worlds: figures with their sources, and drafts of world tables."""
