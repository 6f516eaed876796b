"""What drives a result: screening, Sobol indices and the region in which something happens."""
