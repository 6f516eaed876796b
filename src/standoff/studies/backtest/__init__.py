"""Back-tests: a past episode, a calibration on what was open at an information date, forecasts of what was not."""
