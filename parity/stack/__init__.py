"""The run side: production's document becomes the document of a local stack."""
