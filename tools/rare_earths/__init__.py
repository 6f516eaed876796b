"""The bundled world ``rare-earths`` in parts: places, materials, components, uses, origins, totals, stocks."""
