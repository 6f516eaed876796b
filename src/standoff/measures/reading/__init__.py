"""Reading a transaction out of plain words: documented vocabulary, never the wording of single cases."""
