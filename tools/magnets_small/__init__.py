"""The sample world in three parts: mines to magnets, components to final use, routes and stocks."""
