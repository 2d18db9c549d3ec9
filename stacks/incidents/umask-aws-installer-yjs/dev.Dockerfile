# Built from a checkout that was made with umask 022.
FROM incidents.test/app:1
USER root
RUN umask 022 && mkdir -p /app/server && echo 'print("listening")' > /app/server/index.py
USER 10001:10001
CMD ["python3", "-u", "/app/server/index.py"]
