"""Threads are started by a system call that engines of before 2021 answer with the wrong error."""

import threading

threads = [threading.Thread(target=lambda: None) for _ in range(8)]
for thread in threads:
    thread.start()
print(len(threads), "threads")
