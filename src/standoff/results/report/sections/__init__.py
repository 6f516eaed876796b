"""The parts of a report, one file each: a pure function from a source to a section."""
