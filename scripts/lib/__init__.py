"""The working parts of scripts/demo, scripts/test and scripts/check."""
