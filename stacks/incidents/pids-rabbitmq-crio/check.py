"""A server that has a thread for each of its schedulers and connections."""

import threading

end = threading.Event()
threads = [threading.Thread(target=end.wait, daemon=True) for _ in range(200)]
try:
    for thread in threads:
        thread.start()
    print(len(threads), "threads")
finally:
    end.set()
