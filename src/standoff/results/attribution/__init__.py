"""What a loss is due to: every unit of unmet use and lost output by the measure, product and border that it goes back to."""
