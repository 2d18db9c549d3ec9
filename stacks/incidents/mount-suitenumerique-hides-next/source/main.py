"""Needs what is installed beside it when the image is built."""

import vendored

print(vendored.STATE)
