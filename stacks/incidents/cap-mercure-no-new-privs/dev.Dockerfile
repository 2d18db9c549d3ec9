# A program that may bind low ports by a capability of its file.
FROM incidents.test/app:1
USER root
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin \
    && cp /usr/bin/python3.11 /usr/local/bin/hub && setcap cap_net_bind_service+ep /usr/local/bin/hub
USER 10001:10001
