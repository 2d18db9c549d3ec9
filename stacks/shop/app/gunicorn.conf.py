"""How gunicorn runs the web service; the container's limits are sized for this."""

bind = "0.0.0.0:8000"
workers = 2
worker_class = "gthread"
threads = 4
# Longer than the proxy keeps idle connections to us, so that we never close one under it.
keepalive = 75
timeout = 30
graceful_timeout = 10
# The root file system is read-only, and a heartbeat file on disk stalls when the disk does.
worker_tmp_dir = "/dev/shm"
accesslog = "-"
access_log_format = '%({x-forwarded-for}i)s "%(r)s" %(s)s %(b)s %(L)s'
