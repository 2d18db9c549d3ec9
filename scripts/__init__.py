"""What brings this repository to life on a machine: demo, tests, checks."""
