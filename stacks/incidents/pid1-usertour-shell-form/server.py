"""Ends what it has begun when it is told to stop."""

import signal
import time
from pathlib import Path

state = Path("/tmp/state")
signal.signal(signal.SIGTERM, lambda *_: state.write_text("draining\n"))
state.write_text("serving\n")
while True:
    time.sleep(1)
