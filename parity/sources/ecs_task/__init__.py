"""The parts of the ecs source: where task definitions are found, and what becomes of their fields."""
